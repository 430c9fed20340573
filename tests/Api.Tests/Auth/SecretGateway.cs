using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Queue;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Auth;

/// <summary>A gateway whose credentials an emulator of AWS keeps, with a clock of its own. What it logs is kept.</summary>
internal sealed class SecretGateway : GatewayFactory
{
    // Nothing else in this process calls AWS; programs that tests start do not inherit these.
    static SecretGateway()
    {
        foreach (var (name, value) in SecretsEndpoint.Credentials)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
    }

    public SecretGateway(SecretsEndpoint aws, string arn)
    {
        Settings["PUSHGATEWAY_CREDENTIALS_SECRET"] = arn;
        foreach (var (name, value) in aws.Settings)
        {
            Settings[name] = value;
        }

        ReplaceServices = services => services
            .AddSingleton<IPushQueue>(Queue)
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton<ILoggerProvider>(Log);
    }

    public RecordingQueue Queue { get; } = new();

    public FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    public RecordingLog Log { get; } = new();

    /// <summary>The answer to a push with the credential, while the clock stands still.</summary>
    public async Task<HttpResponseMessage> PushAsync(string name, string secret, string path = "/metrics")
    {
        using var client = this.ConnectAs(TestCredentials.Basic(name, secret));
        return await client.PushAsync("a 1\n", Pushes.Text, path);
    }

    /// <summary>The status of a push with the credential.</summary>
    public async Task<int> TryAsync(string name, string secret)
    {
        using var response = await PushAsync(name, secret);
        return (int)response.StatusCode;
    }

    /// <summary>The status of readiness.</summary>
    public async Task<HttpStatusCode> ReadyAsync()
    {
        using var client = Connect();
        using var response = await client.SendAsync("GET", "/-/ready");
        return response.StatusCode;
    }

    /// <summary>Lets the clock go on until what pauses by it has an answer.</summary>
    public async Task<T> PassAsync<T>(Task<T> answer)
    {
        await PassAsync(() => answer.IsCompleted);
        return await answer;
    }

    /// <summary>Lets the clock go on until the condition holds.</summary>
    public Task PassAsync(Func<bool> condition) => Poll.UntilAsync(
        () =>
        {
            Time.Advance(TimeSpan.FromMilliseconds(200));
            return condition();
        },
        "what pauses by the clock",
        cancellationToken: TestContext.Current.CancellationToken);
}
