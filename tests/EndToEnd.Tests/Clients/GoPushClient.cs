using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests.Clients;

/// <summary>Go's client_golang. It writes a space as a plus sign, which a Pushgateway takes as it stands.</summary>
/// <param name="job">The job that it pushes under.</param>
/// <param name="asText">Text instead of delimited protobuf, the library's default.</param>
sealed class GoPushClient(string job, bool asText) : PushClient(job)
{
    internal override IReadOnlyList<string> Keys =>
    [
        $"{{job=\"{Job}\",path=\"/var/tmp\"}}",
        $"{{job=\"{Job}\"}}",
        $"{{city=\"Köln+Süd\",job=\"{Job}\"}}",
        $"{{a=\"1\",b=\"2/\",job=\"{Job}\"}}",
        $"{{job=\"{Job}/nightly\"}}",
    ];

    internal override async Task<ClientOutcome> RunAsync(string step, Uri gateway, ClientCredential? credential)
    {
        var environment = Environment(credential);
        if (asText)
            environment["PUSH_FORMAT"] = "text";
        var start = new ChildProcessStart(await GoProgram.BuildAsync(Script("go", "push.go")), Url(gateway), Job, step)
        {
            Environment = environment,
        };
        return ClientOutcome.Of(await ChildProcess.RunAsync(start));
    }
}
