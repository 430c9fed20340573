using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests.Clients;

/// <summary>A client of Pushgateway as its users have it.</summary>
/// <param name="job">The job that it pushes under.</param>
abstract class PushClient(string job)
{
    internal string Job { get; } = job;

    /// <summary>The labels of <see cref="PushStep.Keys"/>' groups, as PromQL writes them, in the order of their names.</summary>
    internal abstract IReadOnlyList<string> Keys { get; }

    /// <summary>Does a step. Skips the test when this machine cannot have the client.</summary>
    /// <param name="step">One of <see cref="PushStep"/>.</param>
    /// <param name="gateway">Scheme, host and port.</param>
    /// <param name="credential">Presented with each request.</param>
    internal abstract Task<ClientOutcome> RunAsync(string step, Uri gateway, ClientCredential? credential);

    /// <summary>A script's file in a folder beside this one.</summary>
    protected static string Script(string language, string name) =>
        RepositoryRoot.Combine("tests", "EndToEnd.Tests", "Clients", language, name);

    /// <summary>A gateway's URL as its users write it.</summary>
    protected static string Url(Uri gateway) => gateway.GetLeftPart(UriPartial.Authority);

    /// <summary>What the scripts know of a credential.</summary>
    protected static Dictionary<string, string> Environment(ClientCredential? credential)
    {
        var environment = new Dictionary<string, string> { ["NO_PROXY"] = "*", ["no_proxy"] = "*" };
        if (credential is not null)
        {
            environment["PUSH_USER"] = credential.User;
            environment["PUSH_SECRET"] = credential.Secret;
        }

        return environment;
    }
}
