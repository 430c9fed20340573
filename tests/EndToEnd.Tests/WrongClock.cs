namespace PushGateway.EndToEnd.Tests;

/// <summary>A clock that is ahead of the machine's.</summary>
sealed class WrongClock(TimeSpan ahead) : TimeProvider
{
    /// <summary>By how much the clock of a process is ahead.</summary>
    internal const string Variable = "PUSHGATEWAY_TEST_CLOCK_AHEAD";

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;

    /// <summary>The variables with which a process of the gateway has such a clock.</summary>
    internal static Dictionary<string, string> ProcessEnvironment(TimeSpan ahead) => new()
    {
        ["DOTNET_STARTUP_HOOKS"] = typeof(WrongClock).Assembly.Location,
        [Variable] = ahead.ToString(),
    };
}
