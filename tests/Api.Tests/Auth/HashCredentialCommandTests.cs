using System.Net;
using System.Text;
using PushGateway.Api.Auth;
using Xunit;

namespace PushGateway.Api.Tests.Auth;

/// <summary><c>hash-credential</c> prints lines that the gateway takes.</summary>
public sealed class HashCredentialCommandTests
{
    [Theory]
    [InlineData("secret")]
    [InlineData("secret\n")]
    [InlineData("secret\r\n")]
    public async Task The_line_lets_the_secret_in(string input)
    {
        var (exitCode, output, errors) = await RunAsync(input, "ci", "tenant=a b", "job=x,y;z:%");
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.StartsWith("ci:pbkdf2-sha256:600000:", output, StringComparison.Ordinal);
        Assert.EndsWith(":job=x%2Cy%3Bz%3A%25,tenant=a%20b" + Environment.NewLine, output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", output, StringComparison.Ordinal);

        await using var gateway = new GatewayFactory();
        gateway.Settings["PUSHGATEWAY_CREDENTIALS"] = output;
        using var good = gateway.ConnectAs(TestCredentials.Basic("ci", "secret"));
        using var bad = gateway.ConnectAs(TestCredentials.Basic("ci", input + "\n"));
        using var accepted = await good.PushAsync("a 1\n", Pushes.Text);
        using var refused = await bad.PushAsync("a 1\n", Pushes.Text);
        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Unauthorized), (accepted.StatusCode, refused.StatusCode));
    }

    [Fact]
    public async Task The_same_secret_has_another_line_each_time() => Assert.NotEqual(await RunAsync("s", "n"), await RunAsync("s", "n"));

    [Theory]
    [InlineData("s")]
    [InlineData("s", "")]
    [InlineData("s", "a.b")]
    [InlineData("s", "a:b")]
    [InlineData("s", "n", "label")]
    [InlineData("s", "n", "label=")]
    [InlineData("s", "n", "=x")]
    [InlineData("s", "n", "__x=x")]
    [InlineData("s", "n", "a=x", "a=y")]
    [InlineData("", "n")]
    [InlineData("\n", "n")]
    [InlineData("two\nlines\n", "n")]
    [InlineData("nul\0", "n")]
    public async Task What_cannot_be_used_is_refused(string input, params string[] arguments)
    {
        var (exitCode, output, errors) = await RunAsync(input, arguments);
        Assert.Equal((1, ""), (exitCode, output));
        Assert.NotEmpty(errors);
    }

    [Fact]
    public async Task A_secret_that_is_not_UTF_8_is_refused()
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        using var input = new MemoryStream([0x61, 0xFF]);
        Assert.Equal(1, await HashCredentialCommand.RunAsync(["n"], input, output, errors));
        Assert.Empty(output.ToString());
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string secret, params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(secret));
        var exitCode = await HashCredentialCommand.RunAsync(arguments, input, output, errors);
        return (exitCode, output.ToString(), errors.ToString());
    }
}
