using System.Globalization;
using System.Security.Cryptography;

namespace PushGateway.LambdaEmulator;

/// <summary>An X-Ray trace header: https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader.</summary>
/// <param name="Root">The trace: version, seconds since the epoch in hexadecimal, 96 random bits.</param>
/// <param name="Parent">The segment: 64 random bits.</param>
sealed record TraceHeader(string Root, string Parent)
{
    const int RootLength = 24;
    const int ParentLength = 16;

    /// <inheritdoc/>
    public override string ToString() => $"Root={Root};Parent={Parent};Sampled=0";

    internal static TraceHeader New() => new(
        string.Create(
            CultureInfo.InvariantCulture,
            $"1-{DateTimeOffset.UtcNow.ToUnixTimeSeconds():x8}-{RandomNumberGenerator.GetHexString(RootLength, lowercase: true)}"),
        RandomNumberGenerator.GetHexString(ParentLength, lowercase: true));
}
