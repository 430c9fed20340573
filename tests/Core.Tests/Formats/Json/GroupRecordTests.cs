using System.Collections.Immutable;
using System.Text;
using PushGateway.Formats;
using PushGateway.Formats.Json;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;
using static PushGateway.Core.Tests.Formats.Json.JsonRecords;

namespace PushGateway.Core.Tests.Formats.Json;

/// <summary>Records that name their groups.</summary>
public sealed class GroupRecordTests
{
    [Fact]
    public void Records_of_one_group_are_one_run_wherever_they_stand() => Assert.Equal(
        [
            "job/backup/instance/db1",
            $"size{{disk=\"a\",instance=\"db1\",job=\"backup\"}} 1i@{Now}",
            $"size{{disk=\"b\",instance=\"db1\",job=\"backup\"}} 3i@{Now}",
            $"up{{instance=\"db1\",job=\"backup\"}} 1i@{Now}",
            "job/backup/instance/db2",
            $"size{{instance=\"db2\",job=\"backup\"}} 2i@{Now}",
        ],
        Accept("""
            [{"group":{"job":"backup","instance":"db1"},"dimensions":{"disk":"a"},"metrics":{"size":1}},
             {"group":{"instance":"db2","job":"backup"},"metrics":{"size":2}},
             {"metrics":{"size":3},"dimensions":{"disk":"b"},"group":{"instance":"db1","job":"backup"}},
             {"metrics":{"up":1},"group":{"job":"backup","instance":"db\u0031"}}]
            """));

    [Theory]
    [InlineData("""{"group":{"job":"j"},"dimensions":{"d":"x"},"metrics":{"a":1}}""")]
    [InlineData("""{"group":{"job":"j"},"metrics":{"a":1},"dimensions":{"d":"x"}}""")]
    [InlineData("""{"dimensions":{"d":"x"},"group":{"job":"j"},"metrics":{"a":1}}""")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a":1},"group":{"job":"j"}}""")]
    [InlineData("""{"metrics":{"a":1},"group":{"job":"j"},"dimensions":{"d":"x"}}""")]
    [InlineData("""{"metrics":{"a":1},"dimensions":{"d":"x"},"group":{"job":"j"}}""")]
    [InlineData("""{"metrics":{"a":1},"dimensions":{"d":"x","job":"of the dimension"},"gr\u006Fup":{"job":"j"}}""")]
    public void Keys_come_in_any_order(string record)
    {
        string[] run = ["job/j", $"a{{d=\"x\",job=\"j\"}} 1i@{Now}"];
        Assert.Equal(run, Accept(record));
        Assert.Equal([.. run, "job/k", $"a{{d=\"x\",job=\"k\"}} 1i@{Now}"], Accept(record + "\n" + record.Replace("\"j\"", "\"k\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Dimensions_of_a_record_do_not_reach_the_next() => Assert.Equal(
        ["job/j", $"a{{d=\"x\",job=\"j\"}} 1i@{Now}", $"a{{job=\"j\"}} 1i@{Now}"],
        Accept("""
            {"group":{"job":"j"},"dimensions":{"d":"x"},"metrics":{"a":1}}
            {"group":{"job":"j"},"metrics":{"a":1}}
            """));

    [Fact]
    public void Pinned_labels_overwrite_those_of_the_group_and_may_make_two_groups_one() => Assert.Equal(
        ["job/j/tenant/t", $"a{{job=\"j\",tenant=\"t\"}} 1i@{Now}", $"b{{job=\"j\",tenant=\"t\"}} 2i@{Now}"],
        Accept(
            """[{"group":{"job":"j","tenant":"a"},"metrics":{"a":1}},{"group":{"job":"j"},"dimensions":{"tenant":"c"},"metrics":{"b":2}}]""",
            pinned: KeyValuePair.Create("tenant", "t")));

    [Fact]
    public void Timestamps_are_kept_where_they_are_allowed()
    {
        const string Body =
            """
            {"group":{"job":"j"},"timestamp":1699999999000,"metrics":{"a":1}}
            {"group":{"job":"j"},"metrics":{"a":2},"timestamp":1699999999001}
            """;
        Assert.Equal(["job/j", "a{job=\"j\"} 1i@1699999999000", "a{job=\"j\"} 2i@1699999999001"], Accept(Body, allowTimestamps: true));
        Assert.Equal(
            new PushError(RejectCode.TimestampNotAllowed, "a record of a group must not have a \"timestamp\"", Pointer: "/0/timestamp"), Refuse(Body));
    }

    [Theory]
    [InlineData("""{"metrics":{"a":1}}""", RejectCode.GroupMissing, "", "\"group\" is missing")]
    [InlineData("""{"Group":{"job":"j"},"metrics":{"a":1}}""", RejectCode.GroupMissing, "", "\"group\" is missing")]
    [InlineData("""{"group":"job/j","metrics":{"a":1}}""", RejectCode.GroupInvalid, "/group", "\"group\" must be an object of strings, not a string")]
    [InlineData("""{"group":{},"metrics":{"a":1}}""", RejectCode.GroupInvalid, "/group", "a group must have a \"job\"")]
    [InlineData("""{"group":{"instance":"i"},"metrics":{"a":1}}""", RejectCode.GroupInvalid, "/group", "a group must have a \"job\"")]
    [InlineData("""{"group":{"job":""},"metrics":{"a":1}}""", RejectCode.GroupInvalid, "/group/job", "label \"job\" of a group must not be empty")]
    [InlineData("""{"group":{"job":"j","x":""},"metrics":{"a":1}}""", RejectCode.GroupInvalid, "/group/x", "label \"x\" of a group must not be empty")]
    [InlineData("""{"group":{"job":1},"metrics":{"a":1}}""", RejectCode.GroupInvalid, "/group/job", "label \"job\" of a group must be a string, not a number")]
    [InlineData("""{"group":{"job":"j","a-b":"x"},"metrics":{"a":1}}""", RejectCode.GroupInvalid, "/group/a-b", "\"a-b\" cannot be the name of a group's label")]
    [InlineData("""{"group":{"job":"j","__x":"x"},"metrics":{"a":1}}""", RejectCode.GroupInvalid, "/group/__x", "\"__x\" cannot be the name of a group's label")]
    [InlineData("""{"group":{"job":"j","job":"k"},"metrics":{"a":1}}""", RejectCode.GroupInvalid, "/group/job", "label \"job\" stands twice in the group")]
    [InlineData("""{"group":{"job":"j"},"group":{"job":"j"},"metrics":{"a":1}}""", RejectCode.DuplicateKey, "/group", "key \"group\" stands twice in the record")]
    [InlineData("""{"group":{"job":"\ud800"},"metrics":{"a":1}}""", RejectCode.StringInvalid, "/group/job", null)]
    [InlineData("""{"group":{"job":"j"},"dimensions":{},"metrics":{"a":1}}""", RejectCode.DimensionsInvalid, "/dimensions", null)]
    [InlineData("""{"group":{"job":"j"},"dimensions":{"__x":"y"},"metrics":{"a":1}}""", RejectCode.LabelNotAllowed, "/dimensions/__x", "dimension \"__x\" begins with \"__\", which is reserved")]
    [InlineData("""{"group":{"job":"j"},"metrics":{}}""", RejectCode.MetricsInvalid, "/metrics", null)]
    [InlineData("""{"group":{"job":"j"}}""", RejectCode.MetricsMissing, "", null)]
    [InlineData("""{"group":{"job":"j"},"metrics":{"a":1},"ttl":"1m"}""", RejectCode.UnknownKey, "/ttl", "unknown key \"ttl\": a record of a group has \"group\", \"dimensions\", \"metrics\" and \"timestamp\"")]
    [InlineData("""[{"group":{"job":"j"},"metrics":{"a":1}},{"group":{"job":"k"},"metrics":{"a":1}},{"group":{"job":"j"},"dimensions":{"job":"l"},"metrics":{"b":1,"a":1}}]""", RejectCode.DuplicateSeries, "/2/metrics", "metric \"a\" stands in a record before with the same labels")]
    [InlineData("[]", RejectCode.Empty, "", null)]
    [InlineData("""[{"group":{"job":"j"},"metrics":{"a":1}}""", RejectCode.JsonInvalid, null, null)]
    public void What_is_wrong_is_named_and_located(string body, string code, string? pointer, string? detail)
    {
        var error = Refuse(body);
        Assert.Equal((code, pointer, detail ?? error.Detail), (error.Code, error.Pointer, error.Detail));
    }

    [Fact]
    public void The_group_s_labels_count_towards_the_limit_of_labels()
    {
        var limits = PushLimits.Default with { MaxLabels = 4 };
        Assert.True(TryParse("""{"group":{"job":"j","b":"2"},"dimensions":{"d":"x","job":"y"},"metrics":{"a":1}}""", limits, out _, out _));
        Assert.False(TryParse("""[{"group":{"job":"j","b":"2"},"dimensions":{"d":"x","e":"y"},"metrics":{"a":1}}]""", limits, out _, out var error));
        Assert.Equal((RejectCode.TooManyLabels, "/0"), (error!.Code, error.Pointer));
    }

    [Fact]
    public void A_push_has_an_end_of_groups_and_of_series()
    {
        Assert.Null(Refusal(Groups(NamedGroups.MaxGroups, "\"a\":1")));
        Assert.Equal(RejectCode.PushTooLarge, Refusal(Groups(NamedGroups.MaxGroups + 1, "\"a\":1"))?.Code);

        // Counted over all groups, not for each.
        var metrics = string.Join(',', Enumerable.Range(0, 1001).Select(i => $"\"m{i}\":1"));
        Assert.Equal(RejectCode.PushTooLarge, Refusal(Groups(MetricBatch.MaxSeriesPerPush / 1000, metrics))?.Code);

        static string Groups(int count, string metrics) =>
            string.Concat(Enumerable.Range(0, count).Select(i => $"{{\"group\":{{\"job\":\"{i}\"}},\"metrics\":{{{metrics}}}}}\n"));
    }

    [Fact]
    public void Without_groups_a_record_that_names_one_is_told_where_to_go()
    {
        var error = JsonRecords.Refuse("""{"group":{"job":"j"},"dimensions":{"d":"x"},"metrics":{"a":1}}""");
        Assert.Equal((RejectCode.UnknownKey, "/group"), (error.Code, error.Pointer));
        Assert.Contains("/api/v1/groups", error.Detail, StringComparison.Ordinal);
        Assert.Contains("Push-Group", error.Detail, StringComparison.Ordinal);
    }

    private static string[] Accept(string body, bool allowTimestamps = false, params ReadOnlySpan<KeyValuePair<string, string>> pinned)
    {
        var limits = PushLimits.Default with { AllowTimestamps = allowTimestamps };
        var batch = new MetricBatch();
        var start = batch.BeginPush();
        var groups = new NamedGroups([.. pinned]);
        Assert.True(PushReader.TryReadGroups(Encoding.UTF8.GetBytes(body), groups, batch, new ParseContext(limits, Now), out var error), error?.ToString());
        Assert.Null(limits.Check(batch, start, Now));

        var series = Dump(batch);
        var lines = new List<string>();
        var end = start;
        foreach (var group in groups.All)
        {
            Assert.Equal(end, group.Start);
            end = group.End;
            lines.Add(group.Key.Path);
            lines.AddRange(series[group.Start.Series..group.End.Series]);
        }

        Assert.Equal(batch.Mark, end);
        return [.. lines];
    }

    private static PushError Refuse(string body)
    {
        Assert.False(TryParse(body, PushLimits.Default, out var batch, out var error));
        batch.Rollback(default);
        Assert.Equal(default, batch.Mark);
        return error!;
    }

    private static PushError? Refusal(string body)
    {
        TryParse(body, PushLimits.Default, out _, out var error);
        return error;
    }

    private static bool TryParse(string body, PushLimits limits, out MetricBatch batch, out PushError? error)
    {
        batch = new MetricBatch();
        batch.BeginPush();
        return PushReader.TryReadGroups(
            Encoding.UTF8.GetBytes(body), new NamedGroups(ImmutableArray<KeyValuePair<string, string>>.Empty), batch, new ParseContext(limits, Now), out error);
    }
}
