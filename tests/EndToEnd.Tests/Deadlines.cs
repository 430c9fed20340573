namespace PushGateway.EndToEnd.Tests;

/// <summary>How long things may take on a slow, loaded machine before that is a failure.</summary>
static class Deadlines
{
    /// <summary>For a push to reach its target.</summary>
    internal static TimeSpan Delivery { get; } = TimeSpan.FromSeconds(120);

    /// <summary>For a program to be built, which is a matter of seconds where nobody else builds.</summary>
    internal static TimeSpan Build { get; } = TimeSpan.FromMinutes(10);

    /// <summary>For a process that was told to stop: the drain's own limit of ten seconds, and the machine's load.</summary>
    internal static TimeSpan Shutdown { get; } = TimeSpan.FromSeconds(60);
}
