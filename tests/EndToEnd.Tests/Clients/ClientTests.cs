using Xunit;

namespace PushGateway.EndToEnd.Tests.Clients;

/// <summary>Every client, with its library as it is published, does with a target all that it can do.</summary>
public abstract class ClientTests(ClientTarget target)
{
    static readonly PushClient[] Known =
    [
        new CurlPushClient(),
        new PythonPushClient(),
        new NodePushClient(),
        new DotnetPushClient(),
        new GoPushClient("go", asText: false),
        new GoPushClient("go-text", asText: true),
    ];

    public static TheoryData<string> Clients => [.. Known.Select(client => client.Job)];

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_client_pushes_adds_replaces_and_deletes(string name)
    {
        await target.StartAsync();
        await new ClientScenario(Find(name), target).RunAsync();
    }

    private protected static PushClient Find(string name) => Known.Single(client => client.Job == name);
}
