using System.Globalization;
using System.Text.RegularExpressions;

namespace PushGateway.EndToEnd.Tests.Conformance;

/// <summary>The part of a scrape that a case is responsible for, in a form that can be compared.</summary>
static partial class ExposedState
{
    const string PushTime = "push_time_seconds";
    const string PushFailureTime = "push_failure_time_seconds";

    /// <summary>The lines of the case's own families, samples sorted within each; push times are 0 or non-zero.</summary>
    internal static IReadOnlyList<string> Read(string scrape, string token)
    {
        var state = new List<string>();
        var header = new List<string>();
        var samples = new List<string>();
        var family = "";
        foreach (var line in scrape.Split('\n'))
        {
            if (line.StartsWith('#'))
            {
                var name = line.Split(' ')[2];
                if (name != family)
                    EndFamily();
                family = name;
                header.Add(line);
            }
            else if (line.StartsWith(token, StringComparison.Ordinal))
            {
                samples.Add(line);
            }
            else if (family is PushTime or PushFailureTime && line.Contains($"job=\"{token}", StringComparison.Ordinal))
            {
                var value = line.LastIndexOf(' ') + 1;
                samples.Add(line[value..] == "0" ? line : $"{line[..value]}non-zero");
            }
        }

        EndFamily();
        return state;

        void EndFamily()
        {
            if (samples.Count > 0 || family.StartsWith(token, StringComparison.Ordinal))
                state.AddRange([.. header, .. samples.Select(Canonical).Order(StringComparer.Ordinal)]);
            header.Clear();
            samples.Clear();
        }
    }

    internal static bool IsPushTime(string line) => PushTimeLine().IsMatch(line);

    // Labels in order of their names; le and quantile come last in a Pushgateway's. Control characters in a form that can be read.
    static string Canonical(string line) => ControlCharacter().Replace(
        Sorted(line), character => string.Create(CultureInfo.InvariantCulture, $"<U+{(int)character.Value[0]:X4}>"));

    static string Sorted(string line)
    {
        if (line.StartsWith('#') || line.IndexOf('{', StringComparison.Ordinal) is not (>= 0 and var begin))
            return line;
        var labels = Label().Matches(line).Select(label => label.Groups[1].Value).Order(StringComparer.Ordinal).ToList();
        var value = line[(line.LastIndexOf('}') + 1)..];
        return labels.Count == 0 ? line[..begin] + value : $"{line[..begin]}{{{string.Join(',', labels)}}}{value}";
    }

    [GeneratedRegex("^(# (HELP|TYPE) )?(push_time_seconds|push_failure_time_seconds)[ {]")]
    private static partial Regex PushTimeLine();

    [GeneratedRegex("""[{,](\w+="(?:[^"\\]|\\.)*")""")]
    private static partial Regex Label();

    [GeneratedRegex(@"\p{Cc}")]
    private static partial Regex ControlCharacter();
}
