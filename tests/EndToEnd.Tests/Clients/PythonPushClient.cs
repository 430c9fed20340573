using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests.Clients;

/// <summary>Debian's python3-prometheus-client. It writes a space as a plus sign, which a Pushgateway takes as it stands.</summary>
sealed class PythonPushClient() : PushClient("python")
{
    internal override IReadOnlyList<string> Keys =>
    [
        "{job=\"python\",path=\"/var/tmp\"}",
        "{job=\"python\"}",
        "{city=\"Köln+Süd\",job=\"python\"}",
        "{a=\"1\",b=\"2/\",job=\"python\"}",
        "{instance=\"127.0.0.1\",job=\"python\"}",
        "{job=\"python/nightly\"}",
    ];

    internal override async Task<ClientOutcome> RunAsync(string step, Uri gateway, ClientCredential? credential) =>
        ClientOutcome.Of(await PythonClient.RunAsync(
            await File.ReadAllTextAsync(Script("python", "push.py")), Environment(credential), Url(gateway), Job, step));
}
