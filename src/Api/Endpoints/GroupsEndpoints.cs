using Microsoft.AspNetCore.Http.HttpResults;
using PushGateway.Api.Auth;
using PushGateway.Api.Push;
using PushGateway.Groups;
using PushGateway.Limits;

namespace PushGateway.Api.Endpoints;

/// <summary><c>/api/v1/groups</c>: what a Pushgateway does to one group, done to many.</summary>
internal static class GroupsEndpoints
{
    private const string Path = "/api/v1/groups";
    private const string ProblemType = "application/problem+json";

    public static IEndpointRouteBuilder MapGroupsEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapDelete(Path, DeleteAsync)
            .HonoursPinnedLabels()
            .WithName("deleteGroups")
            .WithTags("Groups")
            .WithSummary("Delete the groups that a selector takes.")
            .WithDescription(
                "Each parameter `match`, or `match[]`, is a selector such as `{job=\"backup\",instance!=\"db1\"}`, without regular expressions; `{}` takes "
                + "every group. A group is deleted when one of them takes it. Of a credential that is pinned to labels, only groups that have them.")
            .Produces(StatusCodes.Status202Accepted)
            .Produces<PushProblem>(StatusCodes.Status400BadRequest, ProblemType)
            .Produces<PushProblem>(StatusCodes.Status401Unauthorized, ProblemType)
            .Produces<PushProblem>(StatusCodes.Status503ServiceUnavailable, ProblemType);
        return routes;
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> DeleteAsync(HttpContext http, PushAcceptor acceptor)
    {
        var selectors = new List<GroupSelector>();
        var refusal = ReadSelectors(http, selectors) ?? await acceptor.DeleteAsync(selectors, http.RequestAborted);
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
            errors.Add(new PushError(RejectCode.SelectorInvalid, "there is no parameter match; match={} takes every group"));
        }

        return errors.Count == 0 ? null : PushRefusal.Of(errors);
    }
}
