using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using PushGateway.Api.Auth;
using PushGateway.Api.OpenApi;
using PushGateway.Api.Push;
using PushGateway.Push;

namespace PushGateway.Api.Endpoints;

/// <summary>The endpoints for pushing: <c>/metrics</c> takes every format, and <c>/metrics/job/…</c> is Pushgateway's protocol.</summary>
internal static class PushEndpoints
{
    private const string ProblemType = "application/problem+json";

    public static IEndpointRouteBuilder MapPushEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/metrics", PushAsync)
            .HonoursPinnedLabels()
            .WithName("push")
            .WithTags("Push")
            .WithSummary("Push JSON records, Prometheus text, OpenMetrics or protobuf.")
            .WithDescription(
                "A JSON record, an array of records, newline-delimited records, Prometheus text format 0.0.4, OpenMetrics text, or delimited protobuf "
                + "(application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited). Content-Type names the format. "
                + "Without it, or with application/x-www-form-urlencoded, the first tokens of the body decide. Content-Encoding may be gzip, snappy (framed) or br. "
                + "202 means that the push is durably queued.")
            .Accepts<PushRecord>("application/json", "application/x-ndjson", "text/plain", "application/openmetrics-text", "*/*")
            .Produces(StatusCodes.Status202Accepted)
            .Produces<PushProblem>(StatusCodes.Status400BadRequest, ProblemType)
            .Produces<PushProblem>(StatusCodes.Status401Unauthorized, ProblemType)
            .Produces<PushProblem>(StatusCodes.Status413PayloadTooLarge, ProblemType)
            .Produces<PushProblem>(StatusCodes.Status415UnsupportedMediaType, ProblemType)
            .Produces<PushProblem>(StatusCodes.Status429TooManyRequests, ProblemType)
            .Produces<PushProblem>(StatusCodes.Status503ServiceUnavailable, ProblemType);

        MapGroup(routes, "/metrics/job/{**group}", "Group");
        MapGroup(routes, "/metrics/job@base64/{**group}", "GroupBase64");
        return routes;
    }

    private static void MapGroup(IEndpointRouteBuilder routes, string pattern, string name)
    {
        DescribeBody(Describe(routes.MapPut(pattern, ReplaceAsync), "replace" + name, "Replace a group with Prometheus text or protobuf, as Pushgateway's PUT."));
        DescribeBody(Describe(routes.MapPost(pattern, MergeAsync), "merge" + name, "Replace the pushed families of a group, as Pushgateway's POST."));
        Describe(routes.MapDelete(pattern, DeleteAsync), "delete" + name, "Delete a group, as Pushgateway's DELETE.");
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route, string name, string summary) => route
        .HonoursPinnedLabels()
        .WithName(name)
        .WithTags("Pushgateway")
        .WithSummary(summary)
        .WithDescription("The path goes on as `<job>{/<label>/<value>}`; a label that ends in `@base64` has its value in URL-safe base64.")
        .Produces(StatusCodes.Status202Accepted)
        .Produces<string>(StatusCodes.Status400BadRequest, "text/plain")
        .Produces<string>(StatusCodes.Status401Unauthorized, "text/plain")
        .Produces<string>(StatusCodes.Status503ServiceUnavailable, "text/plain");

    private static void DescribeBody(RouteHandlerBuilder route) => route
        .Produces<string>(StatusCodes.Status413PayloadTooLarge, "text/plain")
        .Produces<string>(StatusCodes.Status415UnsupportedMediaType, "text/plain")
        .Produces<string>(StatusCodes.Status429TooManyRequests, "text/plain");

    private static async Task<Results<Accepted, ProblemHttpResult>> PushAsync(HttpContext http, PushAcceptor acceptor)
    {
        if (await acceptor.AcceptAsync(http.Request, new PushRoute(PushOperation.Append, null) { Labels = http.PinnedLabels() }) is not { } refusal)
        {
            return TypedResults.Accepted((string?)null);
        }

        http.AdviseRetry(refusal);
        return PushProblem.From(refusal);
    }

    private static Task<Results<Accepted, PlainTextError>> ReplaceAsync(HttpContext http, PushAcceptor acceptor) =>
        PushToGroupAsync(http, acceptor, PushOperation.Replace);

    private static Task<Results<Accepted, PlainTextError>> MergeAsync(HttpContext http, PushAcceptor acceptor) =>
        PushToGroupAsync(http, acceptor, PushOperation.Merge);

    private static Task<Results<Accepted, PlainTextError>> DeleteAsync(HttpContext http, PushAcceptor acceptor) =>
        PushToGroupAsync(http, acceptor, PushOperation.Delete);

    private static async Task<Results<Accepted, PlainTextError>> PushToGroupAsync(HttpContext http, PushAcceptor acceptor, PushOperation operation)
    {
        if (!GroupingKeyParser.TryParse(RawGroupPath(http), out var group, out var error))
        {
            return new PlainTextError(StatusCodes.Status400BadRequest, error.Detail);
        }

        group = group.With(http.PinnedLabels().AsSpan());
        var refusal = operation == PushOperation.Delete
            ? await acceptor.DeleteAsync(group, http.RequestAborted)
            : await acceptor.AcceptAsync(http.Request, new PushRoute(operation, group));
        if (refusal is null)
        {
            return TypedResults.Accepted((string?)null);
        }

        http.AdviseRetry(refusal);
        return new PlainTextError(refusal.StatusCode, refusal.First.Detail);
    }

    // The part of the request target after "/metrics/", as it was sent. Routing sees a path that is decoded except for %2F.
    private static ReadOnlySpan<char> RawGroupPath(HttpContext http)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.AsSpan();
        if (target.IndexOf("://") is var authority and >= 0 && target.IndexOf('/') > authority)
        {
            target = target[(authority + 3)..];
            target = target[Math.Max(0, target.IndexOf('/'))..];
        }

        target = target.IndexOf('?') is var end and >= 0 ? target[..end] : target;
        target = target[Math.Min(target.Length, http.Request.PathBase.Value?.Length ?? 0)..];
        return target.Length > 1 ? target[(target[1..].IndexOf('/') + 2)..] : "";
    }
}
