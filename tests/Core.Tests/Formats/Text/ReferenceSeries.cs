namespace PushGateway.Core.Tests.Formats.Text;

/// <summary>A sample line as a test compares it.</summary>
/// <param name="Family">Name of the family.</param>
/// <param name="Name">Name of the series.</param>
/// <param name="Labels">Labels by name, in ordinal order, none empty.</param>
/// <param name="TimestampMs">The timestamp.</param>
/// <param name="ValueBits">The value, bit for bit.</param>
internal sealed record ReferenceSeries(string Family, string Name, string Labels, long TimestampMs, long ValueBits);
