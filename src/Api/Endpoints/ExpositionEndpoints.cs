using System.IO.Compression;
using PushGateway.Api.Auth;
using PushGateway.Api.Telemetry;
using PushGateway.Buffers;
using PushGateway.Embedded;
using PushGateway.Exposition;
using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Queue;

namespace PushGateway.Api.Endpoints;

/// <summary><c>GET /metrics</c>: the held groups and series, and the gateway's own metrics, for Prometheus to scrape.</summary>
internal static class ExpositionEndpoints
{
    private const string Path = "/metrics";

    // Bytes per write, so that small families do not each cost a packet.
    private const int WriteBytes = 32 * 1024;

    public static IEndpointRouteBuilder MapExpositionEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, GetAsync)
            .HonoursPinnedLabels()
            .WithName("metrics")
            .WithTags("Scrape")
            .WithSummary("The last state of every group, recent ungrouped series, and the gateway's own metrics.")
            .WithDescription(
                "Prometheus text, OpenMetrics 1.0 or delimited protobuf by Accept, gzip by Accept-Encoding. "
                + "A credential that is pinned to labels sees only series with these labels.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain", "application/openmetrics-text", "application/vnd.google.protobuf")
            .Produces<string>(StatusCodes.Status401Unauthorized, "text/plain")
            .Produces<string>(StatusCodes.Status503ServiceUnavailable, "text/plain");
        routes.MapMethods(Path, [HttpMethods.Head], Head).HonoursPinnedLabels().ExcludeFromDescription();
        return routes;
    }

    private static void Head(HttpContext http) => Negotiate(http, out _);

    private static async Task GetAsync(HttpContext http, IPushQueue queue)
    {
        var format = Negotiate(http, out var compresses);
        using var exposition = await OpenAsync(http, format, queue);
        if (!compresses)
        {
            await WriteAsync(exposition, http.Response.Body, http.RequestAborted);
            return;
        }

        await using var gzip = new GZipStream(http.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await WriteAsync(exposition, gzip, http.RequestAborted);
    }

    private static ExpositionFormat Negotiate(HttpContext http, out bool compresses)
    {
        var format = ScrapeNegotiation.FormatOf(http.Request);
        compresses = ScrapeNegotiation.WantsGzip(http.Request);
        http.Response.ContentType = ScrapeNegotiation.ContentType(format);
        http.Response.Headers.Vary = "Accept, Accept-Encoding";
        if (compresses)
        {
            http.Response.Headers.ContentEncoding = "gzip";
        }

        return format;
    }

    private static async Task WriteAsync(HeldExposition exposition, Stream destination, CancellationToken cancellationToken)
    {
        using var buffer = new PooledBuffer();
        while (exposition.WritePiece(buffer))
        {
            if (buffer.Written.Length >= WriteBytes)
            {
                await destination.WriteAsync(buffer.Written, cancellationToken);
                buffer.Reset();
            }
        }

        await destination.WriteAsync(buffer.Written, cancellationToken);
    }

    private static async Task<HeldExposition> OpenAsync(HttpContext http, ExpositionFormat format, IPushQueue queue)
    {
        var services = http.RequestServices;
        var scan = services.GetService<IGroupStore>() is { } groups ? await groups.OpenScanAsync(http.RequestAborted) : null;
        var pinned = http.PinnedLabels();
        return pinned.IsEmpty
            ? new HeldExposition(
                format, scan, pins: null, batch => AppendOwn(batch, queue, services.GetService<SelfMetrics>()), cancellationToken: http.RequestAborted)
            : new HeldExposition(format, scan, new LabelPins(pinned), appendOwn: null, cancellationToken: http.RequestAborted);
    }

    // On Lambda there are no own metrics here: the counters of one of many sandboxes say nothing about the gateway.
    private static void AppendOwn(MetricBatch batch, IPushQueue queue, SelfMetrics? selfMetrics)
    {
        if (queue is EmbeddedPushQueue embedded)
        {
            AppendDeadLetters(batch, embedded.DeadLetterCount);
        }

        selfMetrics?.AppendTo(batch);
    }

    private static void AppendDeadLetters(MetricBatch batch, long count)
    {
        batch.BeginPush();
        var name = batch.Symbols.Intern("pushgateway_dead_letters"u8);
        var help = batch.Symbols.Intern("Messages in the dead-letter table."u8);
        batch.BeginSeries(batch.AddFamily(name, MetricType.Gauge, help), name);
        batch.AddSample(new Sample(Sample.NoTimestamp, count));
        batch.EndSeries();
    }
}
