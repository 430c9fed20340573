using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using PushGateway.Core.Tests.Formats.Protobuf;
using PushGateway.Formats;
using PushGateway.Reference.ClientModel;
using PushGateway.Testing;
using Xunit;
using MetricFamily = PushGateway.Reference.ClientModel.MetricFamily;
using MetricType = PushGateway.Reference.ClientModel.MetricType;

namespace PushGateway.Core.Tests.Formats;

/// <summary>
/// The verdicts on pushes against those of a real Pushgateway. It refuses what is inconsistent without keeping it, and what it accepts is
/// deleted, so that no push is compared with another.
/// </summary>
public sealed partial class RealPushgatewayConsistencyTests
{
    private const string Inconsistent = "pushed metrics are invalid or inconsistent with existing metrics: ";
    private const string Protobuf = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited";

    private static readonly int Cases =
        int.Parse(Environment.GetEnvironmentVariable("PUSHGATEWAY_FUZZ_CASES") ?? "400", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Text_is_refused_in_words_of_its_own()
    {
        await using var pushgateway = await RealPushgateway.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        var refused = 0;
        for (var seed = 0; seed < Cases; seed++)
        {
            var bodies = new GroupBodies(seed);
            var (group, body) = (bodies.Group(), Encoding.UTF8.GetBytes(bodies.Next()));

            var expected = await PushAsync(pushgateway, group, body, "text/plain");
            var actual = PushConsistencyTests.Check(PushFormat.Text, body, group)?.Detail;

            refused += expected is null ? 0 : 1;
            Assert.True(
                expected is null ? actual is null : actual is not null && ErrorsOf(expected).Contains(Assert.Single(ErrorsOf(actual))),
                $"seed {seed}\n{string.Join(',', group)}\n{Encoding.UTF8.GetString(body)}\n--- Pushgateway\n{expected}\n--- here\n{actual}");
        }

        Assert.InRange(refused, Cases / 5, Cases * 9 / 10);
    }

    [Fact]
    public async Task Protobuf_is_refused_where_it_is()
    {
        await using var pushgateway = await RealPushgateway.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        var group = new Dictionary<string, string> { ["job"] = "x", ["a"] = "1" };
        var refused = 0;
        for (var seed = 0; seed < Cases; seed++)
        {
            var body = RandomFamilies.Encode(Damaged(seed));

            var expected = await PushAsync(pushgateway, group, body, Protobuf);
            var actual = PushConsistencyTests.Check(PushFormat.Protobuf, body, group);

            refused += expected is null ? 0 : 1;
            Assert.True((expected is null) == (actual is null), $"seed {seed}\n--- Pushgateway\n{expected}\n--- here\n{actual}");
            if (expected is not null)
            {
                Assert.True(actual!.FailsGroup && actual.Detail.StartsWith(Inconsistent, StringComparison.Ordinal), actual.ToString());
            }
        }

        Assert.InRange(refused, Cases / 5, Cases * 9 / 10);
    }

    // What a family is refused for, or not: the same metric twice, a colliding name, a reserved label, no value.
    private static List<MetricFamily> Damaged(int seed)
    {
        var random = new Random(seed);
        var families = new RandomFamilies(seed) { Timestamps = false }.Next().Where(family => family.Metric.Count > 0).ToList();
        if (families.Count == 0)
        {
            return families;
        }

        var family = families[random.Next(families.Count)];
        var metric = family.Metric[random.Next(family.Metric.Count)];
        switch (random.Next(7))
        {
            case 0:
                family.Metric.Add(metric.Clone());
                break;
            case 1:
                metric.Label.Add(new LabelPair { Name = "quantile", Value = "0.5" });
                break;
            case 2:
                metric.Label.Add(new LabelPair { Name = "__x", Value = "1" });
                break;

            // A Pushgateway does not look at gauge histograms: neither whether they have a value nor whether a name collides with theirs.
            case 3 when family.Type != MetricType.GaugeHistogram:
                family.Metric.Add(new Metric());
                break;
            case 4 when families.Find(other => other.Type != MetricType.GaugeHistogram) is { } other && other != family:
                family.Name = other.Name + new[] { "_count", "_sum", "_bucket" }[random.Next(3)];
                break;
            case 5:
                metric.Label.Add(new LabelPair { Name = "code", Value = "x" });
                break;
        }

        return families;
    }

    private static async Task<string?> PushAsync(RealPushgateway pushgateway, IReadOnlyDictionary<string, string> group, byte[] body, string type)
    {
        var path = new Uri("metrics" + string.Concat(group.Select(label => $"/{label.Key}/{label.Value}")), UriKind.Relative);
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var answer = await pushgateway.Client.PutAsync(path, content, TestContext.Current.CancellationToken);
        using var deleted = await pushgateway.Client.DeleteAsync(path, TestContext.Current.CancellationToken);
        return answer.IsSuccessStatusCode ? null : await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    // It lists every error, but of a family's collisions one, which depends on the random order in which it goes through families.
    private static HashSet<string> ErrorsOf(string answer) =>
    [
        .. from line in answer.TrimEnd('\n').Split('\n')
           let error = line.Replace(Inconsistent, "", StringComparison.Ordinal).TrimStart('*', ' ')
           where !error.EndsWith("error(s) occurred:", StringComparison.Ordinal)
           select Collision.Replace(PushConsistencyTests.MetricDump.Replace(error, "{}"), "a collision"),
    ];

    [GeneratedRegex("^collected [a-z ]+ named \"[^\"]*\" collides with previously collected [a-z ]+ named \"[^\"]*\"$")]
    private static partial Regex Collision { get; }
}
