namespace PushGateway.Formats.Json;

/// <summary>What <see cref="MetricNumber.Parse"/> found.</summary>
public enum MetricNumberStatus
{
    /// <summary>A number.</summary>
    Valid,

    /// <summary>Not the text of a number.</summary>
    Malformed,

    /// <summary>A number beyond the range of a double.</summary>
    OutOfRange,
}
