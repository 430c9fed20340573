using System.Globalization;
using System.Text.RegularExpressions;

namespace PushGateway.EndToEnd.Tests.Lambda;

/// <summary>A message of a drill: one sample, of a series of its own. What becomes of it follows from its number.</summary>
/// <param name="Number">Below ten million; its value, too.</param>
/// <param name="Milliseconds">When the sample was taken, since the epoch.</param>
sealed partial record DrillMessage(int Number, long Milliseconds)
{
    /// <summary>The metric, whose label <c>id</c> is <see cref="Id"/>.</summary>
    internal const string Metric = "drill";

    /// <summary>Stands in the message and in whatever is made of it.</summary>
    internal string Id => string.Create(CultureInfo.InvariantCulture, $"m{Number:D7}");

    /// <summary>The value as Prometheus writes it.</summary>
    internal string Value => Number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Why it cannot be delivered, as the code of its dead letter; null when it can.</summary>
    internal string? Refusal => RefusalOf(Number);

    /// <summary>Whether it is AMP that does not take it, and names it.</summary>
    internal bool IsRefusedByTarget => Refusal == RefusedByTarget;

    /// <summary>Whether it is pushed to Api. Another producer puts the others into the queue, as has to be what Api refuses.</summary>
    internal bool IsPushed => Number % 3 != 2 && Refusal != Unreadable;

    /// <summary>Whether it is sent twice.</summary>
    internal bool IsTwice => Number % 20 == 3;

    /// <summary>A record, or what would be one if it did not break off.</summary>
    internal string Json => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"dimensions\":{{\"id\":\"{Id}\"}},\"timestamp\":{Milliseconds},\"metrics\":{{\"{Metric}\":{End}");

    /// <summary>The same in Prometheus' text format.</summary>
    internal string Text => string.Create(CultureInfo.InvariantCulture, $"{Metric}{{id=\"{Id}\"}} {Value} {Milliseconds}\n");

    /// <summary>What AMP has against a sample; null when it takes it.</summary>
    /// <param name="series">Its labels, as AMP knows them.</param>
    internal static string? FaultOf(string series) => FindId(series) is { } id && RefusalOf(NumberOf(id)) == RefusedByTarget
        ? $"user=123456789012_ws-12345678: err: out of bounds. timestamp=2026-01-01T00:00:00Z, series={series}"
        : null;

    /// <summary>The id that stands in a text, or null.</summary>
    internal static string? FindId(string text) => IdPattern().Match(text) is { Success: true } match ? match.Value : null;

    const string RefusedByTarget = "sink-rejected";
    const string Unreadable = "json-invalid";

    string End => Refusal == Unreadable ? "" : Value + "}}";

    static string? RefusalOf(int number) => number % 97 == 13 ? RefusedByTarget : number % 89 == 7 ? Unreadable : null;

    static int NumberOf(string id) => int.Parse(id.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture);

    [GeneratedRegex("m[0-9]{7}")]
    private static partial Regex IdPattern();
}
