namespace PushGateway.Core.Tests.Formats.Text;

/// <summary>What a parse came to, in a form that two parsers can be compared by.</summary>
/// <param name="Error">The message, or null.</param>
/// <param name="Line">The line of the error, or 0.</param>
/// <param name="TimestampLine">Line of the first explicit timestamp.</param>
/// <param name="NamelessLine">Line of the first sample that continues the metric above.</param>
/// <param name="Families">Every family as "name type help".</param>
/// <param name="Series">Every series.</param>
internal sealed record ReferenceOutcome(
    string? Error, int Line, int TimestampLine, int NamelessLine, IReadOnlyList<string> Families, IReadOnlyList<ReferenceSeries> Series)
{
    /// <summary>Everything in one string, for a comparison that explains itself.</summary>
    public override string ToString() => Error is not null
        ? $"{Line}: {Error}"
        : string.Join('\n', Families.Concat(Series.Select(series => series.ToString())).Append($"{TimestampLine} {NamelessLine}"));
}
