using System.Collections.Concurrent;
using System.Globalization;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using PushGateway.Reference.RemoteWriteV1;
using Snappier;

namespace PushGateway.LambdaEmulator;

/// <summary>
/// The remote write endpoint of a workspace of Amazon Managed Service for Prometheus. It checks signature, size and encoding, and then
/// answers by a schedule. Every accepted sample is kept.
/// </summary>
public sealed class ScriptedAmp : IAsyncDisposable
{
    const string Path = "/workspaces/ws-12345678-1234-1234-1234-123456789012/api/v1/remote_write";
    const string Host = $"aps-workspaces.{AwsAccount.Region}.amazonaws.com";
    const int MaxRequestBytes = 1_000_000;

    readonly AmpOptions _options;
    readonly SigV4Verifier? _verifier;
    readonly HttpClient _forward = new();
    readonly ConcurrentQueue<AmpSample> _samples = new();
    readonly ConcurrentQueue<int> _statuses = new();
    LoopbackServer _server = null!;
    int _requests;

    ScriptedAmp(AmpOptions options, SigV4Verifier? verifier)
    {
        _options = options;
        _verifier = verifier;
    }

    /// <summary>The URL for remote write.</summary>
    public Uri RemoteWriteUrl => new(_server.Address, Path);

    /// <summary>
    /// The variables with which a process reaches this endpoint under the host name of a real workspace, so that the process signs its
    /// requests. The URL is plain HTTP, and this server is its proxy.
    /// </summary>
    public IReadOnlyDictionary<string, string> ProcessEnvironment => new Dictionary<string, string>
    {
        ["PROMETHEUS_REMOTE_WRITE_URL"] = $"http://{Host}{Path}",
        ["http_proxy"] = _server.Address.ToString(),
        ["no_proxy"] = "127.0.0.1,localhost",
    };

    /// <summary>Number of requests that have arrived, with or without an answer.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Every accepted sample, in the order of acceptance. A sample that was accepted twice is there twice.</summary>
    public IReadOnlyList<AmpSample> Samples => [.. _samples];

    /// <summary>The statuses of the answers, in order; 0 for a request without an answer.</summary>
    public IReadOnlyList<int> Statuses => [.. _statuses];

    /// <summary>Starts a workspace. Skips the test when signatures cannot be verified on this machine.</summary>
    public static async Task<ScriptedAmp> StartAsync(AmpOptions? options = null)
    {
        options ??= new();
        var verifier = options.RequiresSignature ? await SigV4Verifier.StartAsync() : null;
        var amp = new ScriptedAmp(options, verifier);
        amp._server = await LoopbackServer.StartAsync(amp.HandleAsync);
        return amp;
    }

    /// <summary>Stops the server and cuts every connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        if (_verifier is not null)
            await _verifier.DisposeAsync();
        _forward.Dispose();
    }

    async Task HandleAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        if (context.Request.Method != HttpMethods.Post || context.Request.Path != Path)
        {
            await AnswerAsync(context, new(AmpAnswerKind.Refuse, StatusCodes.Status404NotFound, "no such workspace"));
            return;
        }

        if (await RequestBody.ReadAsync(context.Request, MaxRequestBytes) is not { } body)
        {
            await AnswerAsync(context, new(AmpAnswerKind.Refuse, StatusCodes.Status413PayloadTooLarge, "request is over 1 MB"));
            return;
        }

        if (await FindFaultAsync(context.Request, body) is { } refusal)
            await AnswerAsync(context, refusal);
        else
            await FollowAsync(context, _options.Schedule.Next(), body);
    }

    async Task<AmpAnswer?> FindFaultAsync(HttpRequest request, byte[] body)
    {
        if (_verifier is not null)
        {
            var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            var url = target.StartsWith('/') ? $"http://{request.Host}{target}" : target;
            var headers = request.Headers.SelectMany(header => header.Value.Select(value => new[] { header.Key, value! }));
            var fault = await _verifier.VerifyAsync(request.Method, url, headers, body);
            if (fault.Length > 0)
                return new(AmpAnswerKind.Refuse, StatusCodes.Status403Forbidden, fault);
        }

        return request.Headers.ContentEncoding == "snappy" && request.ContentType == "application/x-protobuf"
            && request.Headers["X-Prometheus-Remote-Write-Version"] == "0.1.0"
            ? null
            : AmpAnswer.BadRequest("not a remote write 1.0 request");
    }

    async Task FollowAsync(HttpContext context, AmpAnswer answer, byte[] body)
    {
        switch (answer.Kind)
        {
            case AmpAnswerKind.Accept:
                await AnswerAsync(context, await AcceptAsync(body));
                break;
            case AmpAnswerKind.AcceptAndCut:
                await AcceptAsync(body);
                Cut(context);
                break;
            case AmpAnswerKind.Hang:
                await WaitUntilAbortedAsync(context);
                break;
            case AmpAnswerKind.Cut:
                Cut(context);
                break;
            default:
                await AnswerAsync(context, answer);
                break;
        }
    }

    async Task<AmpAnswer> AcceptAsync(byte[] body)
    {
        var request = WriteRequest.Parser.ParseFrom(Snappy.DecompressToArray(body));
        var fault = RemoveFaulty(request);
        if (await ForwardAsync(request) is { } refusal)
            return refusal;
        foreach (var sample in request.Timeseries.SelectMany(Read))
            _samples.Enqueue(sample);
        return fault is null ? AmpAnswer.Accept : AmpAnswer.BadRequest(fault);
    }

    string? RemoveFaulty(WriteRequest request)
    {
        string? first = null;
        foreach (var series in request.Timeseries)
        {
            var faults = Read(series).Select(_options.Fault).ToList();
            first ??= faults.Find(fault => fault is not null);
            for (var i = faults.Count - 1; i >= 0; i--)
            {
                if (faults[i] is not null)
                    series.Samples.RemoveAt(i);
            }
        }

        return first;
    }

    async Task<AmpAnswer?> ForwardAsync(WriteRequest request)
    {
        if (_options.Forward is not { } target)
            return null;
        using var content = new ByteArrayContent(Snappy.CompressToArray(request.ToByteArray()));
        content.Headers.ContentType = new("application/x-protobuf");
        content.Headers.ContentEncoding.Add("snappy");
        content.Headers.Add("X-Prometheus-Remote-Write-Version", "0.1.0");
        using var response = await _forward.PostAsync(target, content);
        return response.IsSuccessStatusCode
            ? null
            : new(AmpAnswerKind.Refuse, (int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    static IEnumerable<AmpSample> Read(TimeSeries series)
    {
        var labels = $"{{{string.Join(", ", series.Labels.Select(label => $"{label.Name}=\"{label.Value}\""))}}}";
        return series.Samples.Select(sample => new AmpSample(labels, sample.Timestamp, sample.Value));
    }

    async Task AnswerAsync(HttpContext context, AmpAnswer answer)
    {
        _statuses.Enqueue(answer.Status);
        context.Response.StatusCode = answer.Status;
        if (answer.RetryAfter is { } wait)
            context.Response.Headers.RetryAfter = ((long)wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        context.Response.ContentType = "text/plain";
        await context.Response.WriteAsync(answer.Text, context.RequestAborted);
    }

    async Task WaitUntilAbortedAsync(HttpContext context)
    {
        _statuses.Enqueue(0);
        var aborted = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(aborted.SetResult);
        await aborted.Task;
    }

    void Cut(HttpContext context)
    {
        _statuses.Enqueue(0);
        context.Abort();
    }
}
