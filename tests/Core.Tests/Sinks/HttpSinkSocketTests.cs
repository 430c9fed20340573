using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using PushGateway.Reference.RemoteWriteV1;
using PushGateway.Sinks;
using Snappier;
using Xunit;

namespace PushGateway.Core.Tests.Sinks;

/// <summary>What a real socket does when the far side misbehaves.</summary>
public sealed class HttpSinkSocketTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly HttpClient _client = new(HttpSink.CreateHandler());

    public HttpSinkSocketTests() => _listener.Start();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Uri Url => new($"http://{_listener.LocalEndpoint}/");

    public void Dispose()
    {
        _client.Dispose();
        _listener.Dispose();
    }

    [Fact]
    public async Task A_server_that_hangs_means_retry()
    {
        var sink = new RemoteWriteSink(_client, new() { Endpoint = Url, Timeout = TimeSpan.FromMilliseconds(300) });
        var sending = sink.SendWholeAsync(Ranges.OfSize(1), Cancellation);
        using var connection = await _listener.AcceptTcpClientAsync(Cancellation);

        Assert.Equal(SinkResult.Retry("remote write timed out after 0.3 s", reachedTarget: true), await sending);
    }

    [Fact]
    public async Task A_connection_cut_before_the_answer_means_retry()
    {
        var sending = new RemoteWriteSink(_client, new() { Endpoint = Url }).SendWholeAsync(Ranges.OfSize(1), Cancellation);
        (await _listener.AcceptTcpClientAsync(Cancellation)).Dispose();

        var result = await sending;
        Assert.Equal(SinkStatus.Retry, result.Status);
        Assert.StartsWith("remote write failed: ", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_cut_within_the_answer_means_retry()
    {
        var sending = new OtlpSink(_client, new() { Endpoint = Url }).SendWholeAsync(Ranges.OfSize(1), Cancellation);
        await AnswerAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n\n");

        Assert.Equal(SinkStatus.Retry, (await sending).Status);
    }

    [Fact]
    public async Task Nobody_listening_means_retry()
    {
        var url = Url;
        _listener.Stop();

        var result = await new RemoteWriteSink(_client, new() { Endpoint = url }).SendWholeAsync(Ranges.OfSize(1), Cancellation);
        Assert.Equal(SinkStatus.Retry, result.Status);
        Assert.StartsWith("remote write failed: Connection refused", result.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var sending = new RemoteWriteSink(_client, new() { Endpoint = Url }).SendWholeAsync(Ranges.OfSize(1), Cancellation);
        await AnswerAsync($"HTTP/1.1 302 Found\r\nLocation: {Url}\r\nContent-Length: 0\r\n\r\n");

        Assert.Equal(SinkResult.Retry("remote write returned HTTP status 302"), await sending);
    }

    [Fact]
    public async Task The_callers_cancellation_ends_the_request()
    {
        using var caller = new CancellationTokenSource();
        var sending = new RemoteWriteSink(_client, new() { Endpoint = Url }).SendWholeAsync(Ranges.OfSize(1), caller.Token);
        using var connection = await _listener.AcceptTcpClientAsync(Cancellation);
        await caller.CancelAsync();

        var exception = await Assert.ThrowsAsync<OperationCanceledException>(() => sending);
        Assert.Equal(caller.Token, exception.CancellationToken);
    }

    [Fact]
    public async Task Many_requests_at_once_keep_their_bodies_apart()
    {
        using var target = new ScriptedTarget(HttpStatusCode.NoContent, []);
        using var client = new HttpClient(target);
        var sink = new RemoteWriteSink(client, new() { Endpoint = Url });

        var sizes = Enumerable.Range(1, 200).ToArray();
        await Parallel.ForEachAsync(sizes, Cancellation, async (size, token) =>
            Assert.Equal(SinkStatus.Delivered, (await sink.SendWholeAsync(Ranges.OfSize(size), token)).Status));

        Assert.Equal(
            sizes,
            target.Requests
                .Select(r => WriteRequest.Parser.ParseFrom(Snappy.DecompressToArray(r.Body)).Timeseries.Count)
                .Order());
    }

    private async Task AnswerAsync(string answer)
    {
        using var connection = await _listener.AcceptTcpClientAsync(Cancellation);
        var stream = connection.GetStream();

        // An answer to a request that was not read would be a reset.
        await ReadRequestAsync(stream);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), Cancellation);
    }

    private static async Task ReadRequestAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
        var length = 0;
        while (await reader.ReadLineAsync(Cancellation) is { Length: > 0 } line)
        {
            if (line.StartsWith("Content-Length: ", StringComparison.OrdinalIgnoreCase))
            {
                length = int.Parse(line["Content-Length: ".Length..], CultureInfo.InvariantCulture);
            }
        }

        await reader.ReadBlockAsync(new char[length], Cancellation);
    }
}
