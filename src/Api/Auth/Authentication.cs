using System.Collections.Immutable;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.Metadata;
using PushGateway.Api.Endpoints;
using PushGateway.Api.Push;
using PushGateway.Push;

namespace PushGateway.Api.Auth;

/// <summary>Requires a credential when any is configured. Endpoints that allow anonymous use stay open.</summary>
internal static class Authentication
{
    private const string Challenge = "Basic realm=\"pushgateway\", Bearer";

    private static readonly PushError NoCredential = new(
        RejectCode.Unauthorized, "a credential is needed: HTTP Basic, or a Bearer token of the form <name>.<secret>");

    private static readonly PushError WrongCredential = new(RejectCode.Unauthorized, "the credential is not valid");

    private static readonly PushError UnknownCredentials = new(
        RejectCode.CredentialsUnavailable, "the gateway cannot read its credentials now; send the request again");

    /// <summary>Guards everything that follows in the pipeline. Does nothing when no credential is configured.</summary>
    public static WebApplication UseCredentials(this WebApplication app)
    {
        if (app.Services.GetRequiredService<GatewayOptions>().AsksForCredentials)
        {
            var authenticator = app.Services.GetRequiredService<Authenticator>();
            var secret = app.Services.GetService<SecretCredentials>();
            app.Use(next => http => InvokeAsync(http, authenticator, secret, next));
        }

        return app;
    }

    /// <summary>Marks an endpoint that obeys <see cref="PinnedLabels"/>. A pinned credential may use only such endpoints.</summary>
    public static RouteHandlerBuilder HonoursPinnedLabels(this RouteHandlerBuilder route) => route.WithMetadata(PinnedLabelsHonoured.Instance);

    /// <summary>The labels that the request's credential is pinned to.</summary>
    public static ImmutableArray<KeyValuePair<string, string>> PinnedLabels(this HttpContext http) =>
        http.Features.Get<Credential>()?.PinnedLabels ?? [];

    internal static async Task InvokeAsync(HttpContext http, Authenticator authenticator, SecretCredentials? secret, RequestDelegate next)
    {
        // The check uses the endpoint, not the path, so no spelling of a path avoids it.
        var endpoint = http.GetEndpoint();
        if (endpoint?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            await next(http);
        }
        else if (!PresentedSecret.TryParse(http.Request.Headers.Authorization, out var presented))
        {
            await RefuseAsync(http, NoCredential);
        }
        else
        {
            // Credentials in the settings are valid even while the secret cannot be read.
            var areAllKnown = secret is null || await secret.EnsureAsync(http.RequestAborted);
            if (await authenticator.AuthenticateAsync(presented, http.RequestAborted) is { } credential)
            {
                await GoOnAsync(http, credential, next);
            }
            else
            {
                await RefuseAsync(http, areAllKnown ? WrongCredential : UnknownCredentials);
            }
        }
    }

    private static Task GoOnAsync(HttpContext http, Credential credential, RequestDelegate next)
    {
        var endpoint = http.GetEndpoint();
        if (!credential.PinnedLabels.IsEmpty && endpoint is RouteEndpoint && endpoint.Metadata.GetMetadata<PinnedLabelsHonoured>() is null)
        {
            return new PlainTextError(StatusCodes.Status403Forbidden, "a credential that is pinned to labels may not do this").ExecuteAsync(http);
        }

        http.Features.Set(credential);
        return next(http);
    }

    private static Task RefuseAsync(HttpContext http, PushError error)
    {
        var refusal = PushRefusal.Of(error);
        if (refusal.StatusCode == StatusCodes.Status401Unauthorized)
        {
            http.Response.Headers.WWWAuthenticate = Challenge;
        }

        http.AdviseRetry(refusal);
        if (HttpMethods.IsPost(http.Request.Method) || HttpMethods.IsPut(http.Request.Method) || HttpMethods.IsDelete(http.Request.Method))
        {
            refusal.Counted("none");
        }

        // The refusal has the form in which the endpoint itself answers.
        IResult answer = AnswersProblems(http.GetEndpoint()) ? PushProblem.From(refusal) : new PlainTextError(refusal.StatusCode, error.Detail);
        return answer.ExecuteAsync(http);
    }

    private static bool AnswersProblems(Endpoint? endpoint) => endpoint is not null && endpoint.Metadata
        .GetOrderedMetadata<IProducesResponseTypeMetadata>()
        .Any(response => response.StatusCode == StatusCodes.Status401Unauthorized && response.Type == typeof(PushProblem));
}
