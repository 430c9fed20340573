using Xunit;

namespace PushGateway.EndToEnd.Tests.Clients;

public sealed class GuardedClientTests(GuardedTarget target) : ClientTests(target), IClassFixture<GuardedTarget>
{
    readonly GuardedTarget _target = target;

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_client_says_that_its_secret_is_wrong(string name)
    {
        await _target.StartAsync();
        var wrong = _target.Credential with { Secret = "a guess" };
        var outcome = await Find(name).RunAsync(PushStep.Push, _target.Gateway, wrong);
        Assert.False(outcome.Succeeded);
        Assert.Contains("401", outcome.Output, StringComparison.Ordinal);
    }
}
