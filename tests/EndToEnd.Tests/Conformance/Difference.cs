using System.Text;

namespace PushGateway.EndToEnd.Tests.Conformance;

/// <summary>Something in which this gateway and a Pushgateway differ.</summary>
/// <param name="Case">The name of the case.</param>
/// <param name="Aspect">One of <see cref="Conformance.Aspect"/>.</param>
/// <param name="Expected">The lines of the Pushgateway.</param>
/// <param name="Actual">Ours.</param>
sealed record Difference(string Case, string Aspect, IReadOnlyList<string> Expected, IReadOnlyList<string> Actual)
{
    internal static IEnumerable<Difference> Between(string name, ConformanceResult expected, ConformanceResult actual)
    {
        var theirs = expected.Answers.Select(WithOurSuccess).ToList();
        var isDifferent = !theirs.SequenceEqual(actual.Answers);
        if (isDifferent)
            yield return new Difference(name, Conformance.Aspect.Answer, theirs, actual.Answers);

        var (theirFamilies, ourFamilies) = (Families(expected), Families(actual));
        if (!theirFamilies.SequenceEqual(ourFamilies))
        {
            isDifferent = true;
            yield return new Difference(name, Conformance.Aspect.State, theirFamilies, ourFamilies);
        }

        var (theirTimes, ourTimes) = (PushTimes(expected), PushTimes(actual));
        if (!isDifferent && !theirTimes.SequenceEqual(ourTimes))
            yield return new Difference(name, Conformance.Aspect.PushTime, theirTimes, ourTimes);
    }

    /// <summary>Every line that only one side has, marked with <c>-</c> for the Pushgateway's and <c>+</c> for ours.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().Append(Case).Append(": ").Append(Aspect);
        var common = Aspect == Conformance.Aspect.Answer
            ? [.. Expected.Zip(Actual).Where(pair => pair.First == pair.Second).Select(pair => pair.First)]
            : Expected.Intersect(Actual).ToList();
        AppendLines(text, "\n  - ", Expected, common);
        AppendLines(text, "\n  + ", Actual, common);
        return text.ToString();
    }

    static void AppendLines(StringBuilder text, string mark, IReadOnlyList<string> lines, List<string> common)
    {
        var left = common.ToList();
        foreach (var line in lines.Where(line => !left.Remove(line)))
            text.Append(mark).Append(line);
    }

    // A Pushgateway that checks a push before it answers says 200, and one that does not says 202. This gateway says 202 always.
    static string WithOurSuccess(string answer) => answer switch
    {
        "PUT 200 type \"\" body \"\"" => "PUT 202 type \"\" body \"\"",
        "POST 200 type \"\" body \"\"" => "POST 202 type \"\" body \"\"",
        _ => answer,
    };

    static List<string> Families(ConformanceResult result) => [.. result.State.Where(line => !ExposedState.IsPushTime(line))];

    static List<string> PushTimes(ConformanceResult result) => [.. result.State.Where(ExposedState.IsPushTime)];
}
