namespace PushGateway.Api.OpenApi;

/// <summary>The JSON record that names its group, as the API's documentation shows it.</summary>
/// <param name="Group">Names and values of the group's labels; <c>job</c> is one.</param>
/// <param name="Dimensions">Names and values of dimensions, which become labels beside the group's.</param>
/// <param name="Metrics">Names and values of metrics: numbers, or strings that hold one.</param>
/// <param name="Timestamp">Milliseconds since the Unix epoch, where timestamps are allowed to groups.</param>
internal sealed record GroupRecord(
    IReadOnlyDictionary<string, string> Group,
    IReadOnlyDictionary<string, string>? Dimensions,
    IReadOnlyDictionary<string, double> Metrics,
    long? Timestamp);
