using System.Globalization;
using System.Text;
using Xunit;

namespace PushGateway.Core.Tests.Formats.Text;

public sealed class ReferenceAgreementTests
{
    private static readonly int Cases =
        int.Parse(Environment.GetEnvironmentVariable("PUSHGATEWAY_FUZZ_CASES") ?? "5000", CultureInfo.InvariantCulture);

    [Fact]
    public void Valid_bodies_are_accepted_with_the_same_series()
    {
        for (var seed = 0; seed < Cases; seed++)
        {
            var body = new TextBodies(seed).Valid();
            Assert.Null(AssertAgreement(seed, body).Error);
        }
    }

    [Fact]
    public void Damaged_bodies_have_the_same_verdict_message_and_series()
    {
        var refused = 0;
        for (var seed = 0; seed < Cases; seed++)
        {
            refused += AssertAgreement(seed, new TextBodies(seed).Mutated()).Error is null ? 0 : 1;
        }

        Assert.InRange(refused, Cases / 10, Cases * 9 / 10);
    }

    private static ReferenceOutcome AssertAgreement(int seed, byte[] body)
    {
        var expected = ReferenceTextParser.Parse(body, TextOutcome.ReceivedMs);
        var actual = TextOutcome.Of(body);
        if (expected.ToString() != actual.ToString())
        {
            Assert.Fail($"seed {seed}\n{Encoding.Latin1.GetString(body)}\n--- expected\n{expected}\n--- actual\n{actual}");
        }

        return actual;
    }
}
