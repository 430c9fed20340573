using PushGateway.Sinks;
using Xunit;

namespace PushGateway.Core.Tests.Sinks;

/// <summary>Cuts ranges into requests.</summary>
internal static class Requests
{
    /// <summary>
    /// Encodes a range request by request. Each holds at least one sample and keeps to the limit unless it holds one sample alone; each but
    /// the last is nearly full.
    /// </summary>
    /// <param name="range">The range.</param>
    /// <param name="maxBytes">The limit.</param>
    /// <param name="encode">Encodes as many samples as fit: the request's size in bytes and how many.</param>
    public static void AssertCut(SampleRange range, int maxBytes, Func<SampleRange, int, (int Bytes, int Samples)> encode)
    {
        for (var rest = range.Samples; !rest.IsEmpty;)
        {
            var (bytes, samples) = encode(range with { Samples = rest }, maxBytes);
            Assert.InRange(samples, 1, rest.Length);
            Assert.True(bytes <= maxBytes || samples == 1, $"{bytes} bytes are more than {maxBytes}");
            if (samples < rest.Length)
            {
                // An encoder counts the descriptions of families a little too high.
                const int room = 2048;
                var (more, _) = encode(range with { Samples = rest[..(samples + 1)] }, int.MaxValue);
                Assert.True(more + room > maxBytes, $"{samples} samples were sent, and one more would have taken {more} of {maxBytes} bytes");
            }

            rest = rest[samples..];
        }
    }
}
