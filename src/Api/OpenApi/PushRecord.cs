namespace PushGateway.Api.OpenApi;

/// <summary>The JSON record, as the API's documentation shows it; bodies are read by <see cref="Formats.PushReader"/>.</summary>
/// <param name="Dimensions">Names and values of dimensions, which become labels.</param>
/// <param name="Metrics">Names and values of metrics: numbers, or strings that hold one.</param>
/// <param name="Timestamp">Milliseconds since the Unix epoch; without one, the time of receipt.</param>
internal sealed record PushRecord(
    IReadOnlyDictionary<string, string> Dimensions,
    IReadOnlyDictionary<string, double> Metrics,
    long? Timestamp);
