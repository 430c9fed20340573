using System.Globalization;
using System.Security.Cryptography;

namespace PushGateway.LambdaEmulator;

/// <summary>
/// An X-Ray trace header: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader.
/// </summary>
/// <param name="Root">The trace id: version, seconds since the Unix epoch in hexadecimal, 96 random bits.</param>
/// <param name="Parent">The segment id: 64 random bits.</param>
sealed record TraceHeader(string Root, string Parent)
{
    const string RootField = "Root=";
    const int RootLength = 24;
    const int ParentLength = 16;

    /// <inheritdoc/>
    public override string ToString() => $"Root={Root};Parent={Parent};Sampled=0";

    internal static TraceHeader New() => Continue(null);

    /// <summary>A new segment of the trace in the client's header, or of a new trace.</summary>
    internal static TraceHeader Continue(string? header)
    {
        var root = header?.Split(';', StringSplitOptions.TrimEntries)
            .FirstOrDefault(field => field.StartsWith(RootField, StringComparison.Ordinal));
        return new TraceHeader(root?[RootField.Length..] ?? NewRoot(), RandomNumberGenerator.GetHexString(ParentLength, lowercase: true));
    }

    static string NewRoot()
    {
        var random = RandomNumberGenerator.GetHexString(RootLength, lowercase: true);
        return string.Create(CultureInfo.InvariantCulture, $"1-{DateTimeOffset.UtcNow.ToUnixTimeSeconds():x8}-{random}");
    }
}
