using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using PushGateway.Testing;
using PushGateway.Wire;
using Xunit;

namespace PushGateway.Core.Tests.Formats.Text;

/// <summary>The parser and the float format against expfmt itself, inside a real Pushgateway.</summary>
public sealed partial class RealPushgatewayAgreementTests
{
    private const string RefusedByParser = "text format parsing error in line ";

    private static readonly int Cases =
        int.Parse(Environment.GetEnvironmentVariable("PUSHGATEWAY_FUZZ_CASES") ?? "400", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Every_verdict_and_message_is_that_of_expfmt()
    {
        // Consistency is another check, and one inconsistent push would make it refuse all that follow.
        await using var pushgateway = await RealPushgateway.StartAsync(
            ["--push.disable-consistency-check"], TestContext.Current.CancellationToken);
        var differences = new List<string>();
        var refused = 0;
        var undecided = 0;
        for (var seed = 0; seed < Cases; seed++)
        {
            var bodies = new TextBodies(seed);
            foreach (var body in (byte[][])[bodies.Valid(), bodies.Mutated()])
            {
                if (await PostAsync(pushgateway, body) is not { } expected)
                {
                    undecided++;
                    continue;
                }

                refused += expected.Length > 0 ? 1 : 0;
                var actual = TextOutcome.Of(body).Error ?? "";
                if (!AreSame(expected, actual))
                {
                    differences.Add($"seed {seed}\n{Encoding.Latin1.GetString(body)}\n--- expfmt\n{expected}\n--- here\n{actual}");
                }
            }
        }

        Assert.True(differences.Count == 0, string.Join("\n====\n", differences.Take(5)) + $"\n{differences.Count} differences");
        Assert.InRange(refused, Cases / 4, Cases);
        Assert.InRange(undecided, 0, Cases / 20);
        TestContext.Current.TestOutputHelper?.WriteLine($"{2 * Cases} bodies, {refused} refused, {undecided} without a verdict");
    }

    [Fact]
    public async Task Floats_are_exposed_in_the_same_form()
    {
        await using var pushgateway = await RealPushgateway.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        var random = new Random(7);
        var values = Enumerable.Range(0, 4000).Select(i => RandomDouble(random, i)).Distinct().ToList();
        var body = string.Concat(values.Select((value, i) => string.Create(CultureInfo.InvariantCulture, $"v{{i=\"{i}\"}} {value:E17}\n")));
        using var answer = await pushgateway.PushAsync(HttpMethod.Post, "metrics/job/x", body, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        var scrape = await pushgateway.ScrapeAsync(TestContext.Current.CancellationToken);

        var exposed = scrape.Split('\n').Where(line => line.StartsWith("v{", StringComparison.Ordinal)).ToHashSet();
        Assert.Equal(values.Count, exposed.Count);
        Assert.All(values, (value, i) => Assert.Contains($"v{{i=\"{i}\",instance=\"\",job=\"x\"}} {Format(value)}", exposed));
    }

    // The parser's message, empty when it accepts. Null: the handler has panicked. expfmt does so on some lines that begin with '{',
    // where it has no metric or label map to continue.
    private static async Task<string?> PostAsync(RealPushgateway pushgateway, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        try
        {
            var path = new Uri("metrics/job/x", UriKind.Relative);
            using var answer = await pushgateway.Client.PostAsync(path, content, TestContext.Current.CancellationToken);
            var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            return text.StartsWith(RefusedByParser, StringComparison.Ordinal) ? text[..^1] : "";
        }
        catch (HttpRequestException) when (!pushgateway.Process.HasExited)
        {
            return null;
        }
    }

    // Long excerpts are cut here, and end in dots. Characters newer than the Unicode of that Go are escaped there.
    private static bool AreSame(string expected, string actual) =>
        expected == actual
        || EscapedCharacter.Replace(expected, ToCharacter) == EscapedCharacter.Replace(actual, ToCharacter)
        || (actual.EndsWith("\"...", StringComparison.Ordinal)
            && expected.StartsWith(actual[..^4], StringComparison.Ordinal));

    [GeneratedRegex(@"\\U[0-9a-f]{8}|\\u[0-9a-f]{4}")]
    private static partial Regex EscapedCharacter { get; }

    private static string ToCharacter(Match escape) =>
        new Rune(int.Parse(escape.ValueSpan[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString();

    private static double RandomDouble(Random random, int index) => (index % 5) switch
    {
        0 => BitConverter.UInt64BitsToDouble((ulong)random.NextInt64() & 0x7FEF_FFFF_FFFF_FFFF),
        1 => Math.ScaleB(1, random.Next(-1074, 1024)),
        2 => random.Next() / 1000.0,
        3 => Math.Pow(10, random.Next(-320, 308)),
        _ => random.NextInt64(1L << 60),
    };

    private static string Format(double value)
    {
        Span<byte> buffer = stackalloc byte[GoFloat.MaxLength];
        return Encoding.ASCII.GetString(buffer[..GoFloat.Format(value, buffer)]);
    }
}
