using System.Globalization;
using System.Text.Json;
using PushGateway.Testing;

namespace PushGateway.LambdaEmulator;

/// <summary>Checks request signatures with botocore, which shares no code with the signer.</summary>
sealed class SigV4Verifier : IAsyncDisposable
{
    const string Service = "aps";
    const string ReadyLine = "listening on ";

    readonly ChildProcess _process;
    readonly HttpClient _client;

    SigV4Verifier(ChildProcess process, int port)
    {
        _process = process;
        _client = new HttpClient { BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")) };
    }

    /// <summary>Starts botocore. Skips the test when this machine has none.</summary>
    internal static async Task<SigV4Verifier> StartAsync()
    {
        var botocore = await RealComponents.RequireAsync(RealComponents.Botocore);
        var start = new ChildProcessStart(
            RealComponents.RequireOnPath("python3"),
            Path.Combine(AppContext.BaseDirectory, "sigv4.py"),
            AwsAccount.AccessKeyId,
            AwsAccount.SecretAccessKey,
            AwsAccount.SessionToken,
            AwsAccount.Region,
            Service)
        {
            Name = "sigv4.py",
            Environment = new Dictionary<string, string> { ["PYTHONPATH"] = botocore, ["PYTHONDONTWRITEBYTECODE"] = "1" },
        };
        var process = await ChildProcess.StartAsync(start);
        try
        {
            await process.WaitForLineAsync(ReadyLine);
            var line = process.StandardOutput.First(text => text.StartsWith(ReadyLine, StringComparison.Ordinal));
            return new SigV4Verifier(process, int.Parse(line[ReadyLine.Length..], CultureInfo.InvariantCulture));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Returns what is wrong with a request's signature; empty when it is valid.</summary>
    internal async Task<string> VerifyAsync(string method, string url, IEnumerable<string[]> headers, byte[] body)
    {
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new { method, url, headers, body }));
        using var response = await _client.PostAsync("", content);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync();
    }

    /// <summary>Stops botocore.</summary>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
    }
}
