using System.Net;
using Amazon.Runtime;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Aws.Secrets;
using PushGateway.Aws.SigV4;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Aws.Tests.Secrets;

/// <summary>Reading a secret and a parameter, and what is said when that cannot be done.</summary>
public sealed class SecretReaderTests(MotoSecrets moto) : IClassFixture<MotoSecrets>
{
    private const string SomeSecret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:some";
    private const string SomeParameter = "arn:aws:ssm:eu-west-1:123456789012:parameter/some";
    private const string Text = "ci:…\nshop:ä\"\\;\r\n";

    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("eu-west-1")]
    [InlineData("cn-north-1")]
    [InlineData("us-gov-west-1")]
    public async Task A_secret_is_read_in_its_region_and_read_anew(string region)
    {
        var aws = await moto.StartAsync();
        var arn = await aws.CreateSecretAsync(Text, region);
        Assert.Equal(Text, await ReadAsync(aws, arn));

        if (region == SecretsEndpoint.Region)
        {
            await aws.RotateSecretAsync(arn, "next");
            Assert.Equal("next", await ReadAsync(aws, arn));
        }
    }

    [Theory]
    [InlineData("String", "eu-west-1", "aws")]
    [InlineData("SecureString", "eu-west-1", "aws")]
    [InlineData("SecureString", "cn-north-1", "aws-cn")]
    [InlineData("SecureString", "us-gov-west-1", "aws-us-gov")]
    public async Task A_parameter_is_read_decrypted_in_its_region_and_read_anew(string type, string region, string partition)
    {
        var aws = await moto.StartAsync();
        var name = SecretsEndpoint.RandomName();
        foreach (var text in new[] { Text, "next" })
        {
            await aws.PutParameterAsync(name, text, type, region);
            Assert.Equal(text, await ReadAsync(aws, SecretsEndpoint.ParameterArn(name, region, partition)));
        }
    }

    [Fact]
    public async Task What_is_not_there_is_said()
    {
        var aws = await moto.StartAsync();
        await AssertFailsAsync(aws, SomeSecret, $"Secrets Manager has no {SomeSecret} (ResourceNotFoundException).");
        await AssertFailsAsync(aws, SomeParameter, $"Parameter Store has no {SomeParameter} (ParameterNotFound).");
    }

    [Fact]
    public async Task A_secret_that_is_to_be_deleted_and_one_without_text_cannot_be_read()
    {
        var aws = await moto.StartAsync();
        var deleted = await aws.CreateSecretAsync("hunter2");
        await aws.DeleteSecretAsync(deleted);
        var binary = await aws.CreateBinarySecretAsync("hunter2"u8.ToArray());

        await AssertFailsAsync(aws, deleted, $"Secrets Manager failed for {deleted} (InvalidRequestException): ");
        await AssertFailsAsync(aws, binary, $"Secrets Manager has no text for {binary}.");
    }

    [Fact]
    public async Task An_unreachable_service_is_tried_three_times()
    {
        var reader = NewReader(SomeSecret, new Uri($"http://127.0.0.1:{FreePort.Next()}/"));
        var reading = reader.ReadAsync(Cancellation);
        await PassAsync(reading);

        var exception = await Assert.ThrowsAsync<SecretUnavailableException>(() => reading);
        Assert.StartsWith($"Secrets Manager cannot be reached for {SomeSecret}: ", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, """{"__type":"ThrottlingException","message":"Rate exceeded"}""")]
    [InlineData(HttpStatusCode.TooManyRequests, "")]
    [InlineData(HttpStatusCode.InternalServerError, """{"__type":"com.amazonaws.ssm#InternalServerError"}""")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "<html>")]
    public async Task What_may_pass_is_tried_again(HttpStatusCode status, string body)
    {
        using var far = new ScriptedAnswers((status, body), (status, body), (HttpStatusCode.OK, """{"Parameter":{"Value":"text"}}"""));
        var reading = NewReader(SomeParameter, far).ReadAsync(Cancellation);
        await PassAsync(reading);

        Assert.Equal(("text", 3), (await reading, far.Calls));
    }

    [Theory]
    [InlineData(400, """{"__type":"AccessDeniedException","Message":"no"}""", "refuses access to {0} (AccessDeniedException): no")]
    [InlineData(400, """{"__type":"com.amazonaws.secretsmanager#DecryptionFailure","message":"no"}""", "failed for {0} (DecryptionFailure): no")]
    [InlineData(403, "<html>hunter2", "failed for {0} (HTTP 403): ")]
    [InlineData(302, "", "failed for {0} (HTTP 302): ")]
    [InlineData(200, "hunter2", "has no text for {0}.")]
    [InlineData(200, "[\"hunter2\"]", "has no text for {0}.")]
    [InlineData(200, "null", "has no text for {0}.")]
    [InlineData(200, """{"Parameter":{"Value":"hunter2"}}""", "has no text for {0}.")]
    public async Task What_will_not_pass_is_said_at_once_and_without_the_answer(int status, string body, string sentence)
    {
        using var far = new ScriptedAnswers(((HttpStatusCode)status, body));
        var exception = await Assert.ThrowsAsync<SecretUnavailableException>(() => NewReader(SomeSecret, far).ReadAsync(Cancellation));

        Assert.Equal("Secrets Manager " + sentence.Replace("{0}", SomeSecret, StringComparison.Ordinal), exception.Message);
        Assert.Equal(1, far.Calls);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_is_not_waited_for()
    {
        using var far = new SilentHandler();
        var start = _time.GetUtcNow();
        var reading = NewReader(SomeSecret, far).ReadAsync(Cancellation);
        await PassAsync(reading);

        var exception = await Assert.ThrowsAsync<SecretUnavailableException>(() => reading);
        Assert.Equal($"Secrets Manager did not answer in time for {SomeSecret}.", exception.Message);
        Assert.Equal(3, far.Calls);
        Assert.InRange(_time.GetUtcNow() - start, TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Cancelling_is_not_a_failure()
    {
        using var far = new SilentHandler();
        using var cancelled = new CancellationTokenSource();
        var reading = NewReader(SomeSecret, far).ReadAsync(cancelled.Token);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    private async Task AssertFailsAsync(SecretsEndpoint aws, string arn, string sentence)
    {
        var exception = await Assert.ThrowsAsync<SecretUnavailableException>(() => ReadAsync(aws, arn));
        Assert.StartsWith(sentence, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", exception.Message, StringComparison.Ordinal);
    }

    private Task<string> ReadAsync(SecretsEndpoint aws, string arn) =>
        NewReader(arn, new Uri(aws.Settings["AWS_ENDPOINT_URL_SSM"])).ReadAsync(Cancellation);

    private SecretReader NewReader(string arn, Uri endpoint)
    {
        var options = Options(arn) with { Endpoint = endpoint };
        var credentials = new ImmutableCredentials("test", "test", null);
        return new SecretReader(
            options,
            _time,
            inner => new SigV4SigningHandler(options.Arn.Region, _time, options.Arn.Service, _ => Task.FromResult(credentials)) { InnerHandler = inner });
    }

    private SecretReader NewReader(string arn, HttpMessageHandler far) => new(Options(arn), _time, _ => far);

    private static SecretOptions Options(string arn)
    {
        Assert.True(SecretArn.TryParse(arn, out var parsed));
        return new SecretOptions { Arn = parsed };
    }

    // The clock goes on until what pauses by it has ended.
    private Task PassAsync(Task reading) => Poll.UntilAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            return reading.IsCompleted;
        },
        "the read to end",
        cancellationToken: Cancellation);
}
