using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace PushGateway.LambdaEmulator;

/// <summary>
/// The Runtime API of one sandbox: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html. Its states and answers are those of
/// AWS's Runtime Interface Emulator.
/// </summary>
sealed class RuntimeApi : IAsyncDisposable
{
    const string Prefix = "/2018-06-01/runtime/";

    static readonly string ExceededSize = $"maximum allowed payload size ({PayloadLimits.Response} bytes).";

    static readonly InvocationResult ResponseTooLarge =
        InvocationResult.Error("Function.ResponseSizeTooLarge", $"Response payload size exceeded {ExceededSize}");

    readonly Lock _gate = new();
    readonly TaskCompletionSource<InvocationResult> _initFailed = Completion<InvocationResult>();
    LoopbackServer _server = null!;
    RuntimeState _state = RuntimeState.Started;
    Invocation? _invocation;
    TaskCompletionSource _ready = Completion();
    TaskCompletionSource<Invocation> _next = Completion<Invocation>();

    RuntimeApi()
    {
    }

    /// <summary>The value of <c>AWS_LAMBDA_RUNTIME_API</c>.</summary>
    internal string Authority => _server.Address.Authority;

    /// <summary>Completes when the runtime has polled and waits for an event.</summary>
    internal Task Ready
    {
        get
        {
            lock (_gate)
                return _ready.Task;
        }
    }

    /// <summary>Completes when the runtime reports that it cannot start.</summary>
    internal Task<InvocationResult> InitFailed => _initFailed.Task;

    internal static async Task<RuntimeApi> StartAsync()
    {
        var api = new RuntimeApi();
        api._server = await LoopbackServer.StartAsync(api.HandleAsync);
        return api;
    }

    /// <summary>Gives an event to the runtime, which must be <see cref="Ready"/>.</summary>
    internal void Deliver(Invocation invocation)
    {
        lock (_gate)
        {
            if (_state != RuntimeState.Ready)
                throw new InvalidOperationException($"The runtime is {_state}.");
            _state = RuntimeState.Running;
            _invocation = invocation;
            _ready = Completion();
            _next.SetResult(invocation);
        }
    }

    /// <summary>Cuts every connection.</summary>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    static TaskCompletionSource Completion() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    static TaskCompletionSource<T> Completion<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (!path.StartsWith(Prefix, StringComparison.Ordinal))
            return RefuseAsync(context, StatusCodes.Status404NotFound, "NotFound", path);

        return (context.Request.Method, path[Prefix.Length..].Split('/')) switch
        {
            ("GET", ["invocation", "next"]) => NextAsync(context),
            ("POST", ["invocation", var id, "response"]) => ResponseAsync(context, id),
            ("POST", ["invocation", var id, "error"]) => ErrorAsync(context, id),
            ("POST", ["init", "error"]) => InitErrorAsync(context),
            _ => RefuseAsync(context, StatusCodes.Status404NotFound, "NotFound", path),
        };
    }

    async Task NextAsync(HttpContext context)
    {
        Task<Invocation> next;
        RuntimeState state;
        lock (_gate)
        {
            if (_state is RuntimeState.Started or RuntimeState.ResponseSent)
            {
                _state = RuntimeState.Ready;
                _next = Completion<Invocation>();
                _ready.TrySetResult();
            }

            state = _state;
            next = _next.Task;
        }

        // A runtime that has lost its connection polls again and gets the same event.
        if (state is not (RuntimeState.Ready or RuntimeState.Running))
        {
            await RefuseTransitionAsync(context, state);
            return;
        }

        try
        {
            await WriteAsync(context, await next.WaitAsync(context.RequestAborted));
        }
        catch (OperationCanceledException)
        {
            // The runtime has hung up, or the sandbox has ended.
        }
    }

    static async Task WriteAsync(HttpContext context, Invocation invocation)
    {
        var response = context.Response;
        response.Headers["Lambda-Runtime-Aws-Request-Id"] = invocation.Id;
        response.Headers["Lambda-Runtime-Deadline-Ms"] =
            invocation.Deadline.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        response.Headers["Lambda-Runtime-Invoked-Function-Arn"] = invocation.FunctionArn;
        response.Headers["Lambda-Runtime-Trace-Id"] = invocation.Trace;
        response.ContentType = "application/json";
        response.ContentLength = invocation.Payload.Length;
        await response.Body.WriteAsync(invocation.Payload, context.RequestAborted);
    }

    async Task ResponseAsync(HttpContext context, string id)
    {
        if (await BeginAnswerAsync(context, id) is not { } invocation)
            return;
        var body = await RequestBody.ReadAsync(context.Request, PayloadLimits.Response);
        var result = body is { } payload ? new InvocationResult(InvocationOutcome.Succeeded, payload) : ResponseTooLarge;
        EndAnswer(invocation, result);
        if (body is null)
            await RefuseAsync(context, StatusCodes.Status413PayloadTooLarge, "RequestEntityTooLarge", $"Exceeded {ExceededSize}");
        else
            await AcceptAsync(context);
    }

    async Task ErrorAsync(HttpContext context, string id)
    {
        if (await BeginAnswerAsync(context, id) is not { } invocation)
            return;
        EndAnswer(invocation, await ReadErrorAsync(context));
        await AcceptAsync(context);
    }

    async Task InitErrorAsync(HttpContext context)
    {
        if (!await TryMoveAsync(context, RuntimeState.Started, RuntimeState.InitError))
            return;
        _initFailed.TrySetResult(await ReadErrorAsync(context));
        await AcceptAsync(context);
    }

    /// <summary>Returns the invocation to answer, or null when the call has been refused.</summary>
    async Task<Invocation?> BeginAnswerAsync(HttpContext context, string id)
    {
        Invocation? invocation;
        lock (_gate)
            invocation = _invocation;
        if (invocation?.Id != id)
        {
            await RefuseAsync(context, StatusCodes.Status400BadRequest, "InvalidRequestID", "Invalid request ID");
            return null;
        }

        return await TryMoveAsync(context, RuntimeState.Running, RuntimeState.Responding) ? invocation : null;
    }

    void EndAnswer(Invocation invocation, InvocationResult result)
    {
        lock (_gate)
            _state = RuntimeState.ResponseSent;
        invocation.Complete(result);
    }

    async Task<bool> TryMoveAsync(HttpContext context, RuntimeState from, RuntimeState to)
    {
        RuntimeState state;
        lock (_gate)
        {
            state = _state;
            if (state == from)
                _state = to;
        }

        if (state == from)
            return true;
        await RefuseTransitionAsync(context, state);
        return false;
    }

    static Task RefuseTransitionAsync(HttpContext context, RuntimeState from) => RefuseAsync(
        context,
        StatusCodes.Status403Forbidden,
        "InvalidStateTransition",
        $"State transition from {from} failed for runtime. Error: State transition is not allowed");

    static async Task<InvocationResult> ReadErrorAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context.Request, PayloadLimits.Response);
        return body is { } payload ? new InvocationResult(InvocationOutcome.FunctionError, payload) : ResponseTooLarge;
    }

    static Task AcceptAsync(HttpContext context) => AnswerAsync(context, StatusCodes.Status202Accepted, new { status = "OK" });

    static Task RefuseAsync(HttpContext context, int status, string type, string message) =>
        AnswerAsync(context, status, new { errorMessage = message, errorType = type });

    static async Task AnswerAsync<T>(HttpContext context, int status, T body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(body), context.RequestAborted);
    }
}
