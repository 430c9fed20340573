using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests.Clients;

/// <summary>npm's prom-client. It sends no Content-Type, chunked, and a slash as <c>%2F</c>, which separates in a Pushgateway.</summary>
sealed class NodePushClient() : PushClient("node")
{
    internal override IReadOnlyList<string> Keys =>
    [
        "{instance=\"x\",job=\"node\",rack=\"7\"}",
        "{job=\"node\"}",
        "{city=\"Köln Süd\",job=\"node\"}",
        "{a=\"1\",b=\"2\",job=\"node\"}",
    ];

    internal override async Task<ClientOutcome> RunAsync(string step, Uri gateway, ClientCredential? credential) =>
        ClientOutcome.Of(await NodeClient.RunAsync(Script("node", "push.cjs"), Environment(credential), Url(gateway), Job, step));
}
