using PushGateway.Api.Telemetry;
using PushGateway.Buffers;
using PushGateway.Formats.Text;
using PushGateway.Groups;
using PushGateway.Model;

namespace PushGateway.Api.Endpoints;

/// <summary><c>GET /metrics</c>: what is held, and the gateway's own metrics, for Prometheus to scrape.</summary>
internal static class ExpositionEndpoints
{
    private const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    public static IEndpointRouteBuilder MapExpositionEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/metrics", GetAsync)
            .WithName("metrics")
            .WithTags("Scrape")
            .WithSummary("The last state of every group, recent ungrouped series, and the gateway's own metrics.")
            .Produces<string>(StatusCodes.Status200OK, "text/plain");
        return routes;
    }

    private static async Task GetAsync(HttpContext http, SelfMetrics selfMetrics)
    {
        var batch = new MetricBatch();
        if (http.RequestServices.GetService<IGroupStore>() is { } groups)
        {
            await groups.ReadAsync(batch, http.RequestAborted);
        }

        selfMetrics.AppendTo(batch);
        using var text = new PooledBuffer();
        PrometheusTextWriter.Write(batch, text);
        http.Response.ContentType = ContentType;
        http.Response.ContentLength = text.Written.Length;
        await http.Response.Body.WriteAsync(text.Written, http.RequestAborted);
    }
}
