using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace PushGateway.Aws.Tests.Lambda;

/// <summary>Lambda's far side of the Runtime API, on a real socket, to the letter of its description; what it answers to posts is the test's to say.</summary>
internal sealed class ScriptedRuntimeApi : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<(string Id, byte[] Event, TimeSpan Time, string? TraceId)> _events = Channel.CreateUnbounded<(string, byte[], TimeSpan, string?)>();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<LambdaAnswer>> _answers = new();
    private readonly ConcurrentQueue<string> _calls = new();
    private int _ids;

    private ScriptedRuntimeApi()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        _app = builder.Build();
        _app.MapGet("/2018-06-01/runtime/invocation/next", NextAsync);
        _app.MapPost("/2018-06-01/runtime/{**path}", PostAsync);
    }

    /// <summary>Status and answer to <c>next</c> when it is not an event.</summary>
    public int NextStatus { get; set; } = StatusCodes.Status200OK;

    /// <summary>Status to answer a post with, by its path.</summary>
    public Func<string, int> PostStatus { get; set; } = _ => StatusCodes.Status202Accepted;

    /// <summary>Host and port.</summary>
    public string Address => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Authority;

    /// <summary>Every call, in order: <c>next</c>, or the path of the post.</summary>
    public IReadOnlyList<string> Calls => [.. _calls];

    /// <summary>Puts a word among the calls.</summary>
    public void Mark(string word) => _calls.Enqueue(word);

    public static async Task<ScriptedRuntimeApi> StartAsync()
    {
        var api = new ScriptedRuntimeApi();
        await api._app.StartAsync();
        return api;
    }

    /// <summary>Hands an event to the function and returns its first answer.</summary>
    /// <param name="json">The event.</param>
    /// <param name="time">How long the function has for it, once it has taken it.</param>
    /// <param name="traceId">The trace header; none when null.</param>
    /// <param name="id">The request's id; a new one when null.</param>
    public Task<LambdaAnswer> InvokeAsync(string json, TimeSpan? time = null, string? traceId = null, string? id = null) =>
        InvokeAsync(System.Text.Encoding.UTF8.GetBytes(json), time, traceId, id);

    public async Task<LambdaAnswer> InvokeAsync(byte[] json, TimeSpan? time = null, string? traceId = null, string? id = null)
    {
        id ??= $"request-{Interlocked.Increment(ref _ids).ToString(CultureInfo.InvariantCulture)}";
        await _events.Writer.WriteAsync((id, json, time ?? Testing.Poll.DefaultDeadline, traceId));
        return await AnswerAsync(id);
    }

    /// <summary>The first answer to an invocation, or to <c>init</c>.</summary>
    public Task<LambdaAnswer> AnswerAsync(string id) => Slot(id).Task.WaitAsync(Testing.Poll.DefaultDeadline);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private TaskCompletionSource<LambdaAnswer> Slot(string id) =>
        _answers.GetOrAdd(id, _ => new TaskCompletionSource<LambdaAnswer>(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task NextAsync(HttpContext context)
    {
        _calls.Enqueue("next");
        if (NextStatus != StatusCodes.Status200OK)
        {
            context.Response.StatusCode = NextStatus;
            return;
        }

        var (id, json, time, traceId) = await _events.Reader.ReadAsync(context.RequestAborted);
        context.Response.Headers["Lambda-Runtime-Aws-Request-Id"] = id;
        context.Response.Headers["Lambda-Runtime-Deadline-Ms"] =
            (DateTimeOffset.UtcNow + time).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["Lambda-Runtime-Invoked-Function-Arn"] = "arn:aws:lambda:eu-west-1:123456789012:function:pushgateway";
        if (traceId is not null)
        {
            context.Response.Headers["Lambda-Runtime-Trace-Id"] = traceId;
        }

        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(json, context.RequestAborted);
    }

    private async Task PostAsync(HttpContext context, string path)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        _calls.Enqueue(path);
        var status = PostStatus(path);
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status202Accepted)
        {
            var header = context.Request.Headers["Lambda-Runtime-Function-Error-Type"].ToString();
            var id = path.Split('/') is ["invocation", var invocation, _] ? invocation : "init";
            Slot(id).TrySetResult(new LambdaAnswer(path, context.Request.ContentType, header.Length > 0 ? header : null, body.ToArray()));
        }
    }
}
