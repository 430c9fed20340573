using Microsoft.AspNetCore.Http.HttpResults;
using PushGateway.Api.Auth;
using PushGateway.Api.OpenApi;
using PushGateway.Api.Push;
using PushGateway.Push;

namespace PushGateway.Api.Endpoints;

/// <summary><c>/api/v1/groups</c>: Pushgateway's operations on one group, for many groups at once.</summary>
internal static class GroupsEndpoints
{
    private const string Path = "/api/v1/groups";
    private const string ProblemType = "application/problem+json";

    public static IEndpointRouteBuilder MapGroupsEndpoints(this IEndpointRouteBuilder routes)
    {
        DescribeBody(Describe(routes.MapPut(Path, ReplaceAsync), "replaceGroups", "Replace many groups with JSON records that name them."));
        DescribeBody(Describe(routes.MapPost(Path, MergeAsync), "mergeGroups", "Replace the pushed metrics of many groups with JSON records that name them."));
        Describe(routes.MapDelete(Path, DeleteAsync), "deleteGroups", "Delete the groups that match a selector.")
            .WithDescription(
                "Each parameter `match`, or `match[]`, is a selector such as `{job=\"backup\",instance!=\"db1\"}`, without regular expressions; `{}` "
                + "selects every group. A group is deleted when it matches any of the selectors. With a credential that is pinned to labels, only "
                + "groups with these labels are deleted.");
        return routes;
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route, string name, string summary) => route
        .HonoursPinnedLabels()
        .WithName(name)
        .WithTags("Groups")
        .WithSummary(summary)
        .Produces(StatusCodes.Status202Accepted)
        .Produces<PushProblem>(StatusCodes.Status400BadRequest, ProblemType)
        .Produces<PushProblem>(StatusCodes.Status401Unauthorized, ProblemType)
        .Produces<PushProblem>(StatusCodes.Status503ServiceUnavailable, ProblemType);

    private static void DescribeBody(RouteHandlerBuilder route) => route
        .WithDescription(
            "A JSON record, an array of records, or newline-delimited records. Records of one group are one push. The labels of the group overwrite "
            + "dimensions, which may be missing. The body is accepted or refused as a whole; 202 means that all of it is durably queued.")
        .Accepts<GroupRecord>("application/json", "application/x-ndjson", "*/*")
        .Produces<PushProblem>(StatusCodes.Status413PayloadTooLarge, ProblemType)
        .Produces<PushProblem>(StatusCodes.Status415UnsupportedMediaType, ProblemType)
        .Produces<PushProblem>(StatusCodes.Status429TooManyRequests, ProblemType);

    private static async Task<Results<Accepted, ProblemHttpResult>> ReplaceAsync(HttpContext http, GroupsAcceptor acceptor) =>
        Answer(http, await acceptor.AcceptAsync(http.Request, PushOperation.Replace, http.PinnedLabels()));

    private static async Task<Results<Accepted, ProblemHttpResult>> MergeAsync(HttpContext http, GroupsAcceptor acceptor) =>
        Answer(http, await acceptor.AcceptAsync(http.Request, PushOperation.Merge, http.PinnedLabels()));

    private static async Task<Results<Accepted, ProblemHttpResult>> DeleteAsync(HttpContext http, PushAcceptor acceptor)
    {
        var selectors = new List<GroupSelector>();
        return Answer(http, ReadSelectors(http, selectors) ?? await acceptor.DeleteAsync(selectors, http.RequestAborted));
    }

    private static Results<Accepted, ProblemHttpResult> Answer(HttpContext http, PushRefusal? refusal)
    {
        if (refusal is null)
        {
            return TypedResults.Accepted((string?)null);
        }

        http.AdviseRetry(refusal);
        return PushProblem.From(refusal);
    }

    private static PushRefusal? ReadSelectors(HttpContext http, List<GroupSelector> selectors)
    {
        var errors = new List<PushError>();
        foreach (var text in (string?[])[.. http.Request.Query["match"], .. http.Request.Query["match[]"]])
        {
            if (GroupSelector.TryParse(text ?? "", out var selector, out var error))
            {
                selectors.Add(selector.With(http.PinnedLabels().AsSpan()));
            }
            else
            {
                errors.Add(error);
            }
        }

        if (selectors.Count + errors.Count == 0)
        {
            errors.Add(new PushError(RejectCode.SelectorInvalid, "the parameter match is missing; match={} selects every group"));
        }

        return errors.Count == 0 ? null : PushRefusal.Of(errors);
    }
}
