namespace PushGateway.Formats.Prometheus;

/// <summary>What a parsed body holds that a caller may want to refuse although the text format allows it.</summary>
/// <param name="TimestampLine">Line of the first sample with a timestamp of its own, counted from 1; 0 when there is none.</param>
/// <param name="NamelessLine">
/// Line of the first sample that has no metric name and continues the metric above it; 0 when there is none. expfmt parses such a line
/// as a second copy of that metric, so that Pushgateway then refuses the push as inconsistent.
/// </param>
public readonly record struct TextParseResult(int TimestampLine, int NamelessLine);
