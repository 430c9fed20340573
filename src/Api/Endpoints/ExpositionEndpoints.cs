using PushGateway.Api.Auth;
using PushGateway.Api.Telemetry;
using PushGateway.Buffers;
using PushGateway.Embedded;
using PushGateway.Formats.Text;
using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Queue;

namespace PushGateway.Api.Endpoints;

/// <summary><c>GET /metrics</c>: what is held, and the gateway's own metrics, for Prometheus to scrape.</summary>
internal static class ExpositionEndpoints
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static IEndpointRouteBuilder MapExpositionEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/metrics", GetAsync)
            .HonoursPinnedLabels()
            .WithName("metrics")
            .WithTags("Scrape")
            .WithSummary("The last state of every group, recent ungrouped series, and the gateway's own metrics.")
            .WithDescription("A credential that is pinned to labels is shown the series that have them, and nothing else.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .Produces<string>(StatusCodes.Status401Unauthorized, "text/plain");
        return routes;
    }

    private static async Task GetAsync(HttpContext http, SelfMetrics selfMetrics)
    {
        var reading = new GroupReading();
        if (http.RequestServices.GetService<IGroupStore>() is { } groups)
        {
            await groups.ReadAsync(reading, http.RequestAborted);
        }

        var batch = reading.Batch;
        var pinned = http.PinnedLabels();
        if (pinned.IsEmpty)
        {
            AppendOwn(batch, http.RequestServices.GetRequiredService<IPushQueue>(), selfMetrics);
        }
        else
        {
            batch = PinnedSeries.Of(batch, pinned);
        }

        using var text = new PooledBuffer();
        PrometheusTextWriter.Write(batch, text);
        http.Response.ContentType = ContentType;
        http.Response.ContentLength = text.Written.Length;
        await http.Response.Body.WriteAsync(text.Written, http.RequestAborted);
    }

    private static void AppendOwn(MetricBatch batch, IPushQueue queue, SelfMetrics selfMetrics)
    {
        if (queue is EmbeddedPushQueue embedded)
        {
            AppendDeadLetters(batch, embedded.DeadLetterCount);
        }

        selfMetrics.AppendTo(batch);
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
