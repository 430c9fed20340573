using System.Text;
using PushGateway.Reference.RemoteWriteV1;
using PushGateway.Sinks;
using Xunit;

namespace PushGateway.Core.Tests.Sinks;

/// <summary>Cuts ranges into requests.</summary>
internal static class Requests
{
    /// <summary>
    /// Encodes a range request by request. Each holds at least one sample and keeps to the limit unless it holds one sample alone. Each but
    /// the last has no room for one more sample.
    /// </summary>
    /// <param name="range">The range.</param>
    /// <param name="maxBytes">The limit.</param>
    /// <param name="encode">
    /// Encodes as many samples as fit: the request's size in bytes, how many, and by how many bytes the encoder may count a request of this
    /// content too high.
    /// </param>
    public static void AssertCut(SampleRange range, int maxBytes, Func<SampleRange, int, (int Bytes, int Samples, int Overcount)> encode)
    {
        for (var rest = range.Samples; !rest.IsEmpty;)
        {
            var (bytes, samples, _) = encode(range with { Samples = rest }, maxBytes);
            Assert.InRange(samples, 1, rest.Length);
            Assert.True(bytes <= maxBytes || samples == 1, $"{bytes} bytes are more than {maxBytes}");
            if (samples < rest.Length)
            {
                var (more, _, overcount) = encode(range with { Samples = rest[..(samples + 1)] }, int.MaxValue);
                Assert.True(more + overcount > maxBytes, $"{samples} samples were sent, and one more would have taken {more} of {maxBytes} bytes");
            }

            rest = rest[samples..];
        }
    }

    /// <summary>
    /// By how many bytes <see cref="RemoteWriteEncoder"/> counts a request too high, at most: it counts the longest length for the last series,
    /// and a constant besides the text of each description.
    /// </summary>
    public static int RemoteWriteOvercount(WriteRequest request) => RemoteWriteEncoder.MaxLengthBytes + request.Metadata.Sum(metadata =>
    {
        var text = Encoding.UTF8.GetByteCount(metadata.MetricFamilyName + metadata.Help + metadata.Unit);
        var taken = new WriteRequest { Metadata = { metadata } }.CalculateSize();
        Assert.InRange(taken, text, text + RemoteWriteEncoder.MaxMetadataOverhead);
        return text + RemoteWriteEncoder.MaxMetadataOverhead - taken;
    });
}
