using PushGateway.LambdaEmulator;

namespace PushGateway.EndToEnd.Tests.Lambda;

/// <summary>Crashes a function's sandboxes, or makes them hang, at random, in the middle of its work. Safe for concurrent use.</summary>
/// <param name="seed">What it does when follows from this, as far as the work does.</param>
/// <param name="rarity">In how many steps of work it strikes once, on average.</param>
sealed class Saboteur(int seed, int rarity)
{
    const int CrashesToAHang = 5;

    readonly Lock _gate = new();
    readonly Random _random = new(seed);

    internal int Crashes { get; private set; }

    internal int Hangs { get; private set; }

    /// <summary>To be called while the function works on something.</summary>
    internal void Step(LambdaFunction function)
    {
        lock (_gate)
        {
            if (_random.Next(rarity) != 0 || function.Sandboxes is not { Count: > 0 } sandboxes)
                return;
            var victim = sandboxes[_random.Next(sandboxes.Count)];
            if (_random.Next(CrashesToAHang + 1) == 0)
            {
                victim.Stall();
                Hangs++;
            }
            else
            {
                // Dead by now; only its burial is not awaited.
                _ = victim.CrashAsync();
                Crashes++;
            }
        }
    }
}
