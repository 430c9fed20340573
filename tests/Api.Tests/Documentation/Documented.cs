using Xunit;

namespace PushGateway.Api.Tests.Documentation;

/// <summary>Compares what a page lists with what the code has.</summary>
internal static class Documented
{
    /// <summary>Fails unless both hold the same texts, each once, in any order; the message names every text that is wrong.</summary>
    /// <param name="place">The page, and what it lists.</param>
    /// <param name="actual">What the code has.</param>
    /// <param name="listed">What the page lists.</param>
    public static void Equal(string place, IEnumerable<string> actual, IEnumerable<string> listed)
    {
        var (expected, found) = (actual.ToHashSet(StringComparer.Ordinal), listed.ToList());
        string[] faults =
        [
            .. expected.Except(found).Select(text => $"\"{text}\" is missing"),
            .. found.Except(expected).Select(text => $"\"{text}\" is not in the code"),
            .. found.CountBy(text => text).Where(count => count.Value > 1).Select(count => $"\"{count.Key}\" is there {count.Value} times"),
        ];
        Assert.True(faults.Length == 0, $"{place}: {string.Join("; ", faults)}.");
    }
}
