using System.Globalization;

namespace PushGateway.LambdaEmulator;

/// <summary>One event that a sandbox handles.</summary>
sealed class Invocation(ReadOnlyMemory<byte> payload, TraceHeader trace, string functionArn)
{
    /// <summary>A larger exit code is this number plus that of a signal.</summary>
    const int SignalBase = 128;

    readonly TaskCompletionSource<InvocationResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal string Id { get; } = Guid.NewGuid().ToString();

    internal ReadOnlyMemory<byte> Payload => payload;

    internal string Trace => trace.ToString();

    internal string FunctionArn => functionArn;

    /// <summary>When the sandbox will be killed. Set when the function gets the event.</summary>
    internal DateTimeOffset Deadline { get; set; }

    /// <summary>The answer for the caller. It may come before the runtime polls again.</summary>
    internal Task<InvocationResult> Answer => _answer.Task;

    /// <summary>Answers the caller, unless the caller already has an answer.</summary>
    internal void Complete(InvocationResult result) => _answer.TrySetResult(result);

    internal InvocationResult TimedOut(TimeSpan timeout) =>
        Error("Sandbox.Timedout", string.Create(CultureInfo.InvariantCulture, $"Task timed out after {timeout.TotalSeconds:0.00} seconds"));

    internal InvocationResult Exited(int code) => Error("Runtime.ExitError", code switch
    {
        0 => "Runtime exited without providing a reason",
        > SignalBase => string.Create(CultureInfo.InvariantCulture, $"Runtime exited with error: signal {code - SignalBase}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"Runtime exited with error: exit status {code}"),
    });

    InvocationResult Error(string type, string message) => InvocationResult.Error(type, $"RequestId: {Id} Error: {message}");
}
