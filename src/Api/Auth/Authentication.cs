using System.Collections.Immutable;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using PushGateway.Api.Endpoints;
using PushGateway.Api.Push;
using PushGateway.Limits;
using PushGateway.Telemetry;

namespace PushGateway.Api.Auth;

/// <summary>Lets in who has a credential, once there are any; what allows anonymous use stays open.</summary>
internal static class Authentication
{
    private const string Challenge = "Basic realm=\"pushgateway\", Bearer";

    /// <summary>Guards everything that follows in the pipeline; nothing when no credential is configured.</summary>
    public static WebApplication UseCredentials(this WebApplication app)
    {
        if (app.Services.GetRequiredService<GatewayOptions>().Credentials.Count > 0)
        {
            var authenticator = app.Services.GetRequiredService<Authenticator>();
            app.Use(next => http => InvokeAsync(http, authenticator, next));
        }

        return app;
    }

    /// <summary>Says that the endpoint keeps to <see cref="PinnedLabels"/>: without that, a pinned credential may not use it.</summary>
    public static RouteHandlerBuilder HonoursPinnedLabels(this RouteHandlerBuilder route) => route.WithMetadata(PinnedLabelsHonoured.Instance);

    /// <summary>The labels that the request's credential is pinned to.</summary>
    public static ImmutableArray<KeyValuePair<string, string>> PinnedLabels(this HttpContext http) =>
        http.Features.Get<Credential>()?.PinnedLabels ?? [];

    internal static async Task InvokeAsync(HttpContext http, Authenticator authenticator, RequestDelegate next)
    {
        // The endpoint itself, not its path, so that no way of writing a path gets past this.
        var endpoint = http.GetEndpoint();
        if (endpoint?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            await next(http);
        }
        else if (!PresentedSecret.TryParse(http.Request.Headers.Authorization, out var presented))
        {
            await RefuseAsync(http, "a credential is needed: HTTP Basic, or a Bearer token of the form <name>.<secret>");
        }
        else if (await authenticator.AuthenticateAsync(presented, http.RequestAborted) is not { } credential)
        {
            await RefuseAsync(http, "the credential is not valid");
        }
        else if (!credential.PinnedLabels.IsEmpty && endpoint is RouteEndpoint && endpoint.Metadata.GetMetadata<PinnedLabelsHonoured>() is null)
        {
            await new PlainTextError(StatusCodes.Status403Forbidden, "a credential that is pinned to labels may not do this").ExecuteAsync(http);
        }
        else
        {
            http.Features.Set(credential);
            await next(http);
        }
    }

    private static Task RefuseAsync(HttpContext http, string detail)
    {
        http.Response.Headers.WWWAuthenticate = Challenge;
        if (HttpMethods.IsPost(http.Request.Method) || HttpMethods.IsPut(http.Request.Method) || HttpMethods.IsDelete(http.Request.Method))
        {
            PushTelemetry.Pushed("none", RejectCode.Unauthorized, samples: 0);
        }

        // As the endpoint itself would word a refusal.
        IResult answer = AnswersProblems(http.GetEndpoint())
            ? PushProblem.From(PushRefusal.Of(new PushError(RejectCode.Unauthorized, detail)))
            : new PlainTextError(StatusCodes.Status401Unauthorized, detail);
        return answer.ExecuteAsync(http);
    }

    private static bool AnswersProblems(Endpoint? endpoint) => endpoint is not null && endpoint.Metadata
        .GetOrderedMetadata<IProducesResponseTypeMetadata>()
        .Any(response => response.StatusCode == StatusCodes.Status401Unauthorized && response.Type == typeof(PushProblem));
}
