using Xunit;

namespace PushGateway.Core.Tests;

/// <summary>What is done again and again in a grown process.</summary>
internal static class SteadyState
{
    // The runtime allocates on the caller's thread, too, when it compiles a method anew: once or twice, not every time.
    private const int Rounds = 20;

    /// <summary>Asserts that an action which has been run allocates nothing when it is run again.</summary>
    public static void AssertNoAllocation(Action action)
    {
        action();
        action();
        var least = long.MaxValue;
        for (var i = 0; i < Rounds && least > 0; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
