namespace PushGateway.Formats.Prometheus;

/// <summary>Content of a parsed body that the text format allows but a caller may want to refuse.</summary>
/// <param name="TimestampLine">Line of the first sample with its own timestamp, counted from 1; 0 when there is none.</param>
/// <param name="NamelessLine">
/// Line of the first sample without a metric name that continues the metric above it; 0 when there is none. expfmt parses such a line as a
/// second copy of that metric, and Pushgateway then refuses the push as inconsistent.
/// </param>
public readonly record struct TextParseResult(int TimestampLine, int NamelessLine);
