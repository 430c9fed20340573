using System.Text;
using PushGateway.Api.Auth;
using Xunit;

namespace PushGateway.Api.Tests.Auth;

/// <summary>The slow hash is computed once for each credential in use, and for every refusal.</summary>
public sealed class AuthenticatorTests : IDisposable
{
    private readonly Authenticator _authenticator = new([Credential("one", "first"), Credential("two", "second", 3000)]);

    [Fact]
    public async Task A_verified_secret_is_remembered()
    {
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("one", (await AuthenticateAsync("one", "first"))?.Name);
            Assert.Equal("two", (await AuthenticateAsync("two", "second"))?.Name);
        }

        Assert.Equal(2, _authenticator.SlowVerifications);
    }

    [Fact]
    public async Task What_is_remembered_lets_no_other_secret_and_no_other_name_in()
    {
        Assert.NotNull(await AuthenticateAsync("one", "first"));
        foreach (var (name, secret) in new[] { ("one", "second"), ("one", "First"), ("one", "first "), ("two", "first"), ("three", "first"), ("ONE", "first") })
        {
            Assert.Null(await AuthenticateAsync(name, secret));
        }

        Assert.NotNull(await AuthenticateAsync("one", "first"));
    }

    [Fact]
    public async Task Every_refusal_is_worked_for_whether_the_name_is_known_or_not()
    {
        foreach (var name in new[] { "one", "one", "two", "nobody", "nobody" })
        {
            Assert.Null(await AuthenticateAsync(name, "guess"));
        }

        Assert.Equal(5, _authenticator.SlowVerifications);
    }

    [Fact]
    public async Task Of_many_at_once_one_does_the_work()
    {
        using var authenticator = new Authenticator([Credential("slow", "secret", 100_000)]);
        var presented = new PresentedSecret("slow", Encoding.UTF8.GetBytes("secret"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(
            () => authenticator.AuthenticateAsync(presented, TestContext.Current.CancellationToken).AsTask())));

        Assert.All(answers, Assert.NotNull);
        Assert.InRange(authenticator.SlowVerifications, 1, Math.Max(1, Environment.ProcessorCount / 2));
    }

    [Fact]
    public async Task What_was_verified_is_forgotten_when_others_take_its_place()
    {
        Assert.NotNull(await AuthenticateAsync("one", "first"));
        _authenticator.Replace([Credential("one", "changed"), Credential("three", "third")]);

        Assert.Null(await AuthenticateAsync("one", "first"));
        Assert.Null(await AuthenticateAsync("two", "second"));
        Assert.Equal("one", (await AuthenticateAsync("one", "changed"))?.Name);
        Assert.Equal("three", (await AuthenticateAsync("three", "third"))?.Name);

        _authenticator.Replace([]);
        Assert.Null(await AuthenticateAsync("one", "changed"));
        Assert.Null(await AuthenticateAsync("three", "third"));
    }

    public void Dispose() => _authenticator.Dispose();

    private static Credential Credential(string name, string secret, int iterations = SecretHash.MinIterations) =>
        new(name, SecretHash.Create(Encoding.UTF8.GetBytes(secret), iterations), []);

    private async Task<Credential?> AuthenticateAsync(string name, string secret) => await _authenticator.AuthenticateAsync(
        new PresentedSecret(name, Encoding.UTF8.GetBytes(secret)), TestContext.Current.CancellationToken);
}
