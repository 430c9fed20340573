using System.Net;
using Microsoft.Extensions.DependencyInjection;
using PushGateway.Api.Auth;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Auth;

/// <summary>Credentials that AWS keeps: read when needed, read again, and what happens when that cannot be done.</summary>
public sealed class SecretCredentialsTests(MotoSecrets moto) : IClassFixture<MotoSecrets>
{
    private static readonly TimeSpan Moment = TimeSpan.FromTicks(1);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_rotation_is_picked_up_once_the_credentials_are_five_minutes_old(bool isParameter)
    {
        var aws = await moto.StartAsync();
        var secret = await StoredText.CreateAsync(aws, isParameter, Line("ci", "first"));
        await using var gateway = new SecretGateway(aws, secret.Arn);
        Assert.Equal(202, await gateway.TryAsync("ci", "first"));

        await secret.WriteAsync($"{Line("ci", "second")};{Line("other", "third", "tenant=a")}");
        gateway.Time.Advance(SecretCredentials.MaxAge - Moment);
        Assert.Equal((202, 401), (await gateway.TryAsync("ci", "first"), await gateway.TryAsync("ci", "second")));

        gateway.Time.Advance(Moment);
        Assert.Equal((401, 202), (await gateway.TryAsync("ci", "first"), await gateway.TryAsync("ci", "second")));
        Assert.Equal(202, await gateway.TryAsync("other", "third"));

        await secret.WriteAsync(Line("other", "third"));
        gateway.Time.Advance(SecretCredentials.MaxAge);
        Assert.Equal((202, 401), (await gateway.TryAsync("other", "third"), await gateway.TryAsync("ci", "second")));
        Assert.Empty(gateway.Log.Warnings);
    }

    [Fact]
    public async Task Nothing_is_read_before_it_is_needed()
    {
        var aws = await moto.StartAsync();
        var secret = await StoredText.CreateAsync(aws, isParameter: true, "nothing of use");
        await using var gateway = new SecretGateway(aws, secret.Arn);
        using var client = gateway.Connect();
        using var healthy = await client.SendAsync("GET", "/-/healthy");
        using var anonymous = await client.PushAsync("a 1\n", Pushes.Text);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (healthy.StatusCode, anonymous.StatusCode));

        await secret.WriteAsync(Line("ci", "first"));
        Assert.Equal(202, await gateway.TryAsync("ci", "first"));
        Assert.Empty(gateway.Log.Warnings);
    }

    [Fact]
    public async Task Of_many_requests_at_once_one_reads()
    {
        await using var server = await MotoServer.StartAsync(TestContext.Current.CancellationToken);
        var secret = await StoredText.CreateAsync(server.Secrets, isParameter: true, Line("ci", "first"));
        await using var gateway = new SecretGateway(server.Secrets, secret.Arn);

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => gateway.TryAsync("ci", "first")));
        Assert.All(answers, answer => Assert.Equal(202, answer));

        // The emulator logs its calls in order; this one is the last.
        await secret.WriteAsync("the end");
        var calls = await Poll.UntilAsync(
            _ => Task.FromResult(server.Process.Output.Split('\n').Count(line => line.Contains("POST / ", StringComparison.Ordinal))),
            calls => calls >= 3,
            "the log",
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(3, calls);
    }

    [Fact]
    public async Task What_was_verified_stays_so_while_the_text_stays_the_same()
    {
        var aws = await moto.StartAsync();
        var secret = await StoredText.CreateAsync(aws, isParameter: false, Line("ci", "first"));
        await using var gateway = new SecretGateway(aws, secret.Arn);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(202, await gateway.TryAsync("ci", "first"));
            gateway.Time.Advance(SecretCredentials.MaxAge);
        }

        Assert.Equal(1, gateway.Services.GetRequiredService<Authenticator>().SlowVerifications);
    }

    [Fact]
    public async Task While_AWS_is_gone_the_old_credentials_stay_good_and_new_ones_are_taken_once_it_is_back()
    {
        await using var server = await MotoServer.StartAsync(TestContext.Current.CancellationToken);
        var secret = await StoredText.CreateAsync(server.Secrets, isParameter: true, Line("ci", "first"));
        await using var gateway = new SecretGateway(server.Secrets, secret.Arn);
        Assert.Equal(202, await gateway.TryAsync("ci", "first"));

        await server.KillAsync();
        gateway.Time.Advance(SecretCredentials.MaxAge);
        Assert.Equal(202, await gateway.PassAsync(gateway.TryAsync("ci", "first")));
        await gateway.PassAsync(gateway.Log.Warnings.Any);
        Assert.StartsWith(
            $"The credentials cannot be read again, and stay as they were: Parameter Store cannot be reached for {secret.Arn}: ",
            Assert.Single(gateway.Log.Warnings),
            StringComparison.Ordinal);

        // No request waits for the next try before it is due.
        Assert.Equal((202, 401), (await gateway.TryAsync("ci", "first"), await gateway.TryAsync("ci", "guess")));
        Assert.Equal(HttpStatusCode.OK, await gateway.ReadyAsync());

        await server.StartAgainAsync(TestContext.Current.CancellationToken);
        await secret.WriteAsync(Line("ci", "second"));
        gateway.Time.Advance(SecretCredentials.RetryLater);
        Assert.Equal((202, 401), (await gateway.TryAsync("ci", "second"), await gateway.TryAsync("ci", "first")));
        Assert.Single(gateway.Log.Warnings);
    }

    [Fact]
    public async Task While_AWS_has_never_been_there_nobody_gets_in_and_is_told_to_come_again()
    {
        await using var server = await MotoServer.StartAsync(TestContext.Current.CancellationToken);
        var secret = await StoredText.CreateAsync(server.Secrets, isParameter: true, Line("ci", "first"));
        await using var gateway = new SecretGateway(server.Secrets, secret.Arn);
        await server.KillAsync();

        await AssertComeAgainAsync(await gateway.PassAsync(gateway.PushAsync("ci", "first")));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await gateway.PassAsync(gateway.ReadyAsync()));
        Assert.All(gateway.Log.Warnings, warning => Assert.StartsWith(
            $"The credentials cannot be read, and requests that need one are refused: Parameter Store cannot be reached for {secret.Arn}: ",
            warning,
            StringComparison.Ordinal));
        Assert.Empty(gateway.Queue.Calls);

        await server.StartAgainAsync(TestContext.Current.CancellationToken);
        await secret.WriteAsync(Line("ci", "first"));
        gateway.Time.Advance(SecretCredentials.RetryFirst);
        Assert.Equal(HttpStatusCode.OK, await gateway.ReadyAsync());
        Assert.Equal(202, await gateway.TryAsync("ci", "first"));
    }

    [Theory]
    [InlineData("GET", "/metrics")]
    [InlineData("GET", "/openapi.json")]
    [InlineData("GET", "/nothing")]
    [InlineData("PUT", "/metrics/job/x")]
    [InlineData("DELETE", "/metrics/job/x")]
    public async Task What_does_not_answer_problems_is_refused_in_a_line(string method, string path)
    {
        var aws = await moto.StartAsync();
        await using var gateway = new SecretGateway(aws, SecretsEndpoint.ParameterArn(SecretsEndpoint.RandomName()));
        using var client = gateway.ConnectAs(TestCredentials.Bearer("ci", "first"));
        using var response = await client.SendAsync(method, path);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (response.StatusCode, response.Headers.RetryAfter?.ToString()));
        Assert.Equal("the gateway cannot read its credentials now; send the request again\n", await response.TextAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData(";\n# ci:pbkdf2-sha256\n")]
    public async Task An_empty_text_lets_nobody_in(string text)
    {
        var aws = await moto.StartAsync();
        var secret = await StoredText.CreateAsync(aws, isParameter: false, text);
        await using var gateway = new SecretGateway(aws, secret.Arn);
        using var client = gateway.Connect();
        using var anonymous = await client.PushAsync("a 1\n", Pushes.Text);

        Assert.Equal(HttpStatusCode.Unauthorized, anonymous.StatusCode);
        await AssertComeAgainAsync(await gateway.PassAsync(gateway.PushAsync("ci", "first")));
        Assert.Empty(gateway.Queue.Calls);
    }

    [Fact]
    public async Task A_text_that_is_wrong_is_refused_with_a_sentence_that_does_not_quote_it()
    {
        var aws = await moto.StartAsync();
        var secret = await StoredText.CreateAsync(aws, isParameter: false, $"{Line("ci", "first")}\nhunter2");
        await using var gateway = new SecretGateway(aws, secret.Arn);

        await AssertComeAgainAsync(await gateway.PushAsync("ci", "first"));
        Assert.Equal(
            [
                "The credentials cannot be read, and requests that need one are refused: PUSHGATEWAY_CREDENTIALS_SECRET: line 2: "
                + "not name:pbkdf2-sha256:iterations:salt:hash[:label=value,...].",
            ],
            gateway.Log.Warnings);

        // Until it is due again, nothing is read.
        await secret.WriteAsync(Line("ci", "first"));
        Assert.Equal(503, await gateway.TryAsync("ci", "first"));
        gateway.Time.Advance(SecretCredentials.RetryFirst);
        Assert.Equal(202, await gateway.TryAsync("ci", "first"));
    }

    [Theory]
    [InlineData("hunter2", "line 1: not name:pbkdf2-sha256:iterations:salt:hash[:label=value,...].")]
    [InlineData("#", "there is no credential in it.")]
    public async Task A_text_that_has_become_wrong_changes_nothing(string text, string sentence)
    {
        var aws = await moto.StartAsync();
        var secret = await StoredText.CreateAsync(aws, isParameter: true, Line("ci", "first"));
        await using var gateway = new SecretGateway(aws, secret.Arn);
        Assert.Equal(202, await gateway.TryAsync("ci", "first"));

        await secret.WriteAsync(text);
        gateway.Time.Advance(SecretCredentials.MaxAge);
        Assert.Equal((202, 401), (await gateway.TryAsync("ci", "first"), await gateway.TryAsync("ci", "guess")));
        Assert.Equal(
            $"The credentials cannot be read again, and stay as they were: PUSHGATEWAY_CREDENTIALS_SECRET: {sentence}", Assert.Single(gateway.Log.Warnings));
        Assert.Equal(HttpStatusCode.OK, await gateway.ReadyAsync());
    }

    [Fact]
    public async Task A_secret_that_does_not_exist_lets_nobody_in()
    {
        var aws = await moto.StartAsync();
        var arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:nothing";
        await using var gateway = new SecretGateway(aws, arn);

        await AssertComeAgainAsync(await gateway.PushAsync("ci", "first"));
        Assert.Equal(
            [
                "The credentials cannot be read, and requests that need one are refused: "
                + $"Secrets Manager has no {arn} (ResourceNotFoundException).",
            ],
            gateway.Log.Warnings);
    }

    [Fact]
    public async Task A_secret_that_is_deleted_changes_nothing()
    {
        var aws = await moto.StartAsync();
        var arn = await aws.CreateSecretAsync(Line("ci", "first"));
        await using var gateway = new SecretGateway(aws, arn);
        Assert.Equal(202, await gateway.TryAsync("ci", "first"));

        await aws.DeleteSecretAsync(arn);
        gateway.Time.Advance(SecretCredentials.MaxAge);
        Assert.Equal((202, 401), (await gateway.TryAsync("ci", "first"), await gateway.TryAsync("ci", "guess")));
        Assert.Contains("stay as they were", Assert.Single(gateway.Log.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_read_that_gets_no_answer_holds_one_request_up_for_a_moment()
    {
        await using var server = await MotoServer.StartAsync(TestContext.Current.CancellationToken);
        var secret = await StoredText.CreateAsync(server.Secrets, isParameter: true, Line("ci", "first"));
        await using var gateway = new SecretGateway(server.Secrets, secret.Arn);
        var credentials = gateway.Services.GetRequiredService<SecretCredentials>();
        Assert.Equal(202, await gateway.TryAsync("ci", "first"));

        await secret.WriteAsync(Line("ci", "second"));
        server.Process.Freeze();
        gateway.Time.Advance(SecretCredentials.MaxAge);
        var starts = credentials.EnsureAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.True(await credentials.EnsureAsync(TestContext.Current.CancellationToken));
        Assert.Equal(202, await gateway.TryAsync("ci", "first"));
        gateway.Time.Advance(SecretCredentials.LongestWait - Moment);
        Assert.False(starts.IsCompleted);
        gateway.Time.Advance(Moment);
        Assert.True(await starts.WaitAsync(Poll.DefaultDeadline, TestContext.Current.CancellationToken));

        // What comes late counts all the same.
        server.Process.Thaw();
        await Poll.UntilAsync(
            async _ => await gateway.TryAsync("ci", "second") == 202, "the new credential", cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(gateway.Log.Warnings);
    }

    [Fact]
    public async Task Credentials_of_the_settings_hold_beside_it_and_without_it()
    {
        var aws = await moto.StartAsync();
        var secret = await StoredText.CreateAsync(aws, isParameter: false, Line("own", "stolen"));
        await using var gateway = new SecretGateway(aws, secret.Arn);
        gateway.Settings["PUSHGATEWAY_CREDENTIALS"] = Line("own", "first");
        Assert.Equal((202, 503), (await gateway.TryAsync("own", "first"), await gateway.TryAsync("own", "stolen")));
        Assert.Equal(
            [
                "The credentials cannot be read, and requests that need one are refused: "
                + "PUSHGATEWAY_CREDENTIALS_SECRET: line 1: another credential has the same name.",
            ],
            gateway.Log.Warnings);

        await secret.WriteAsync(Line("ci", "second"));
        gateway.Time.Advance(SecretCredentials.RetryFirst);
        Assert.Equal((202, 202), (await gateway.TryAsync("own", "first"), await gateway.TryAsync("ci", "second")));
        Assert.Equal(401, await gateway.TryAsync("own", "stolen"));
    }

    [Fact]
    public async Task A_gateway_with_what_is_no_ARN_does_not_start()
    {
        var result = await GatewayProcess.RunAsync(new Dictionary<string, string> { ["PUSHGATEWAY_CREDENTIALS_SECRET"] = "hunter2" });

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("PUSHGATEWAY_CREDENTIALS_SECRET: it is not the ARN of a secret ", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", result.Output, StringComparison.Ordinal);
    }

    private static string Line(string name, string secret, string? labels = null) => TestCredentials.Line(name, secret, labels);

    private static async Task AssertComeAgainAsync(HttpResponseMessage response)
    {
        using (response)
        {
            Assert.Equal((HttpStatusCode.ServiceUnavailable, "1"), (response.StatusCode, response.Headers.RetryAfter?.ToString()));
            Assert.Empty(response.Headers.WwwAuthenticate);
            Assert.Equal("credentials-unavailable", (await Problem.ReadAsync(response)).Code);
        }
    }
}
