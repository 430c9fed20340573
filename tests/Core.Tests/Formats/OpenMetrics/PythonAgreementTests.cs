using System.Globalization;
using System.Text;
using PushGateway.Core.Tests.Exposition;
using PushGateway.Core.Tests.Formats.Text;
using PushGateway.Formats.OpenMetrics;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Testing;
using Xunit;
using Sample = PushGateway.Model.Sample;

namespace PushGateway.Core.Tests.Formats.OpenMetrics;

/// <summary>Compares verdicts and samples with the parser of the official Python client, which is laxer than the specification in places.</summary>
public sealed class PythonAgreementTests
{
    private const int Cases = 400;

    private const string Script = """
        import base64, struct, sys
        from prometheus_client.openmetrics.parser import text_string_to_metric_families

        def encode(text):
            return base64.b64encode(text.encode()).decode()

        def time(sample):
            return '-' if sample.timestamp is None else str(round(float(sample.timestamp) * 1000))

        answers = open(sys.argv[2], 'w')
        for line in open(sys.argv[1]):
            try:
                samples = []
                for family in text_string_to_metric_families(base64.b64decode(line).decode()):
                    for s in family.samples:
                        labels = '|'.join(sorted(k + '=' + v for k, v in s.labels.items() if v))
                        value = struct.pack('>d', float(s.value)).hex() if s.value == s.value else 'nan'
                        samples.append(f'{s.name}{{{labels}}} {value} {time(s)}')
                print(encode('ok\n' + '\n'.join(samples)), file=answers)
            except Exception as e:
                print(encode('refused ' + repr(e)), file=answers)
        """;

    // Where we refuse and the client does not, with the reason of each; it refuses nothing that we accept.
    private static readonly string[] Stricter =
    [
        // It skips whatever byte stands between the labels and the value.
        "expected a space before the value",
        // It drops a second sample of the same time, a bucket too; which of the values is right it does not know either.
        "a sample stands twice",
        "buckets are not in increasing order of le",
        // It divides the line at its blanks and passes over what touches the '#'.
        "is neither TYPE nor HELP nor UNIT nor EOF",
        // Python's int() and float() pass over white space, a carriage return for instance.
        "expected a number as timestamp",
        "le is not a number",
        // It takes a backslash and the quote that ends a value for the end of that value.
        "has no closing quote",
    ];

    [Fact]
    public async Task Valid_bodies_have_the_same_samples()
    {
        var bodies = Enumerable.Range(0, Cases).Select(seed => new OpenMetricsBodies(seed, forPython: true).Valid()).ToList();
        var verdicts = await AskAsync([.. bodies, .. bodies.Select(Rewritten)]);

        for (var i = 0; i < Cases; i++)
        {
            Assert.Equal(Describe(bodies[i]), verdicts[i]);
            Assert.Equal(Describe(Rewritten(bodies[i])), verdicts[Cases + i]);
        }
    }

    [Fact]
    public async Task Damaged_bodies_have_the_same_verdict()
    {
        var bodies = Enumerable.Range(0, Cases * 4).Select(seed => new OpenMetricsBodies(seed, forPython: true).Damaged()).ToList();
        var verdicts = await AskAsync(bodies);
        var (refused, stricter) = (0, 0);
        for (var i = 0; i < bodies.Count; i++)
        {
            var ours = Describe(bodies[i]);
            var isRefused = ours.StartsWith("refused", StringComparison.Ordinal);
            refused += isRefused ? 1 : 0;
            if (isRefused && verdicts[i].StartsWith("refused", StringComparison.Ordinal))
            {
                continue;
            }

            if (isRefused && Stricter.Any(reason => ours.Contains(reason, StringComparison.Ordinal)))
            {
                stricter++;
                continue;
            }

            Assert.True(ours == verdicts[i], $"seed {i}\n{bodies[i]}\n--- ours\n{ours}\n--- the client's\n{verdicts[i]}");
        }

        Assert.InRange(refused, bodies.Count / 4, bodies.Count * 19 / 20);
        Assert.InRange(stricter, 0, bodies.Count / 20);
    }

    private static string Rewritten(string body)
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        var context = new ParseContext(PushLimits.Default, Sample.NoTimestamp);
        Assert.True(OpenMetricsReader.TryRead(Encoding.UTF8.GetBytes(body), batch, context, out _, out var error), error?.Detail);
        return OpenMetricsWriterTests.Write(batch);
    }

    private static string Describe(string body)
    {
        var input = Encoding.UTF8.GetBytes(body);
        if (OpenMetricsOutcome.ErrorOf(input) is { } error)
        {
            return "refused " + error.Detail;
        }

        var samples = TextOutcome.SeriesOf(OpenMetricsOutcome.Parse(input)).Select(series =>
        {
            var labels = Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(series.Labels));
            var value = double.IsNaN(BitConverter.Int64BitsToDouble(series.ValueBits)) ? "nan" : series.ValueBits.ToString("x16", CultureInfo.InvariantCulture);
            var time = series.TimestampMs == OpenMetricsOutcome.ReceivedMs ? "-" : series.TimestampMs.ToString(CultureInfo.InvariantCulture);
            return $"{series.Name}{{{labels}}} {value} {time}";
        });
        return "ok\n" + string.Join('\n', samples);
    }

    private static async Task<List<string>> AskAsync(IReadOnlyList<string> bodies)
    {
        using var folder = new TempFolder();
        var questions = folder.Combine("questions");
        var answers = folder.Combine("answers");
        await File.WriteAllLinesAsync(questions, bodies.Select(Encode), TestContext.Current.CancellationToken);
        (await PythonClient.RunAsync(Script, questions, answers)).EnsureSuccess();
        return [.. (await File.ReadAllLinesAsync(answers, TestContext.Current.CancellationToken)).Select(Decode)];
    }

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Decode(string line) => Encoding.UTF8.GetString(Convert.FromBase64String(line.Trim()));
}
