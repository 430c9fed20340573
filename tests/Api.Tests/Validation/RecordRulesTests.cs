using System.Text;
using System.Text.Json;
using PushGateway.Api.Validation;
using PushGateway.Formats;
using PushGateway.Formats.Json;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;

namespace PushGateway.Api.Tests.Validation;

/// <summary>Each rule of the table, broken alone: the parser and the explanation to the sender say the same.</summary>
public sealed class RecordRulesTests
{
    private const string NotText = "a string here is not Unicode text: invalid UTF-8 or an unpaired surrogate";

    private static readonly ParseContext Context =
        new(new PushLimits { MaxLabels = 4, MaxNameBytes = 10, MaxLabelValueBytes = 6 }, RandomRecords.Now);

    public static TheoryData<string, string, string, string> Records => new()
    {
        { "5", RejectCode.RecordNotObject, "", "a record must be an object, not a number" },
        { Record(more: """ "\ud800":1 """), RejectCode.StringInvalid, "", NotText },
        { Record(more: """ "unit":"C" """), RejectCode.UnknownKey, "/unit", "unknown key \"unit\": a record has \"dimensions\", \"metrics\" and \"timestamp\"" },
        { Record(more: """ "timestamp":1700000000000,"timestamp":1 """), RejectCode.DuplicateKey, "/timestamp", "key \"timestamp\" stands twice in the record" },
        { Record(more: """ "timestamp":"now" """), RejectCode.TimestampInvalid, "/timestamp", "\"timestamp\" must be an integer, milliseconds since the Unix epoch" },
        { Record(more: """ "timestamp":1700000005001 """), RejectCode.TimestampInFuture, "/timestamp", "timestamp 1700000005001 is more than 5 s in the future" },
        { Record(more: """ "timestamp":1699913599999 """), RejectCode.TimestampTooOld, "/timestamp", "timestamp 1699913599999 is more than 24 h old" },
        { """{"metrics":{"m":1}}""", RejectCode.DimensionsMissing, "", "\"dimensions\" is missing" },
        { Record(dimensions: "{}"), RejectCode.DimensionsInvalid, "/dimensions", "\"dimensions\" must be a non-empty object of strings, not an empty one" },
        { Record(dimensions: """{"a":"","b":"","c":"","d":""}"""), RejectCode.TooManyLabels, "/dimensions", "more than 4 labels, the metric's name included" },
        { Record(dimensions: """{"\ud800":"x"}"""), RejectCode.StringInvalid, "/dimensions", NotText },
        { Record(dimensions: """{"":"x"}"""), RejectCode.NameEmpty, "/dimensions/", "a name must not be empty" },
        { Record(dimensions: """{"1234567890":"x"}"""), RejectCode.NameTooLong, "/dimensions/1234567890", "label name of 11 bytes is longer than 10" },
        { Record(dimensions: """{"-_name__":"x"}"""), RejectCode.NameReserved, "/dimensions/-_name__", "dimension \"-_name__\" would become the reserved label __name__" },
        { Record(dimensions: """{"a-b":"x","a.b":"x"}"""), RejectCode.NameCollision, "/dimensions/a.b", "\"a.b\" is \"a_b\" in Prometheus, and so is a name before it" },
        { Record(dimensions: """{"d":null}"""), RejectCode.DimensionNotString, "/dimensions/d", "dimension \"d\" must be a string, not null" },
        { Record(dimensions: """{"d":"\ud800"}"""), RejectCode.StringInvalid, "/dimensions/d", NotText },
        { Record(dimensions: """{"d":"1234567"}"""), RejectCode.LabelValueTooLong, "/dimensions/d", "label value of 7 bytes is longer than 6" },
        { """{"dimensions":{"d":"x"}}""", RejectCode.MetricsMissing, "", "\"metrics\" is missing" },
        { Record(metrics: "[1]"), RejectCode.MetricsInvalid, "/metrics", "\"metrics\" must be a non-empty object of numbers or numeric strings, not an array" },
        { Record(metrics: """{"\ud800":1}"""), RejectCode.StringInvalid, "/metrics", NotText },
        { Record(metrics: """{"":1}"""), RejectCode.NameEmpty, "/metrics/", "a name must not be empty" },
        { Record(metrics: """{"1234567890":1}"""), RejectCode.NameTooLong, "/metrics/1234567890", "metric name of 11 bytes is longer than 10" },
        { Record(metrics: """{"m":1,"m":1}"""), RejectCode.NameCollision, "/metrics/m", "\"m\" is \"m\" in Prometheus, and so is a name before it" },
        { Record(metrics: """{"m":"\ud800"}"""), RejectCode.StringInvalid, "/metrics/m", NotText },
        { Record(metrics: """{"m":"warm"}"""), RejectCode.MetricNotNumber, "/metrics/m", "metric \"m\" must be a number or a numeric string, not \"warm\"" },
        { Record(metrics: """{"m":1e999}"""), RejectCode.MetricOutOfRange, "/metrics/m", "metric \"m\": 1e999 is beyond the range of a double" },
    };

    public static TheoryData<string, string, string, string> RecordsOfGroups => new()
    {
        { Record(more: """ "group":{"job":"j"},"timestamp":1700000000000 """), RejectCode.TimestampNotAllowed, "/timestamp", "a record of a group must not have a \"timestamp\"" },
        { Record(), RejectCode.GroupMissing, "", "\"group\" is missing" },
        { Record(more: """ "group":"j" """), RejectCode.GroupInvalid, "/group", "\"group\" must be an object of strings, not a string" },
        { Record(more: """ "group":{"g":"x"} """), RejectCode.GroupInvalid, "/group", "a group must have a \"job\"" },
        { Record(more: """ "group":{"job":"j","\ud800":"x"} """), RejectCode.StringInvalid, "/group", NotText },
        { Record(more: """ "group":{"job":"j","long_label_":"x"} """), RejectCode.NameTooLong, "/group/long_label_", "label name of 11 bytes is longer than 10" },
        { Record(more: """ "group":{"job":"j","a-b":"x"} """), RejectCode.GroupInvalid, "/group/a-b", "\"a-b\" cannot be the name of a group's label" },
        { Record(more: """ "group":{"job":"j","g":1} """), RejectCode.GroupInvalid, "/group/g", "label \"g\" of a group must be a string, not a number" },
        { Record(more: """ "group":{"job":"j","g":"\ud800"} """), RejectCode.StringInvalid, "/group/g", NotText },
        { Record(more: """ "group":{"job":"j","g":""} """), RejectCode.GroupInvalid, "/group/g", "label \"g\" of a group must not be empty" },
        { Record(more: """ "group":{"job":"j","g":"1234567"} """), RejectCode.LabelValueTooLong, "/group/g", "label value of 7 bytes is longer than 6" },
        { Record(more: """ "group":{"job":"j","g":"x","g":"x"} """), RejectCode.GroupInvalid, "/group/g", "label \"g\" stands twice in the group" },
        { Record(dimensions: """{"__d":"x"}""", more: """ "group":{"job":"j"} """), RejectCode.LabelNotAllowed, "/dimensions/__d", "dimension \"__d\" begins with \"__\", which is reserved" },
        { Record(more: """ "group":{"job":"j","g":"x","h":"y"} """), RejectCode.TooManyLabels, "", "more than 4 labels, the metric's name included" },
        { $"[{Record(more: Job)},{Record(more: Job)}]", RejectCode.DuplicateSeries, "/1/metrics", "metric \"m\" stands in a record before with the same labels" },
    };

    private const string Job = """ "group":{"job":"j"} """;

    [Theory]
    [MemberData(nameof(Records))]
    public void A_record_that_breaks_one_rule_has_one_error(string body, string code, string pointer, string detail) =>
        AssertOnlyError(new PushError(code, detail, Pointer: pointer), body, toGroups: false);

    [Theory]
    [MemberData(nameof(RecordsOfGroups))]
    public void So_has_a_record_that_names_its_group(string body, string code, string pointer, string detail) =>
        AssertOnlyError(new PushError(code, detail, Pointer: pointer), body, toGroups: true);

    [Fact]
    public void Every_rule_is_broken_by_one_of_them()
    {
        var broken = Records.SelectMany(row => Broken(row.Data.Item1, toGroups: false))
            .Concat(RecordsOfGroups.SelectMany(row => Broken(row.Data.Item1, toGroups: true)));
        Assert.Equal(RecordRules.All.Select(Describe), broken.Distinct().OrderBy(rule => RecordRules.All.IndexOf(rule)).Select(Describe));

        static string Describe(RecordRule rule) => $"{RecordRules.All.IndexOf(rule)}: {rule.Part} {rule.Code}";
    }

    private static void AssertOnlyError(PushError expected, string body, bool toGroups)
    {
        var utf8 = Encoding.UTF8.GetBytes(body);
        var batch = new MetricBatch();
        batch.BeginPush();
        PushError? refusal;
        Assert.False(toGroups
            ? PushReader.TryReadGroups(utf8, new NamedGroups([]), batch, Context, out refusal)
            : PushReader.TryRead(PushFormat.Json, utf8, toGroup: false, batch, Context, out refusal));
        Assert.Equal(expected, refusal);
        Assert.Equal([expected], RecordDescriber.Find(utf8, Context, toGroups ? new NamedGroups([]) : null));
        Assert.Single(Broken(body, toGroups));
    }

    private static IEnumerable<RecordRule> Broken(string body, bool toGroups)
    {
        var utf8 = Encoding.UTF8.GetBytes(body);
        var records = RecordSyntax.FindRecords(utf8);
        var repeated = RepeatedSeries.Find(utf8, records, [], Context);
        var members = records.SelectMany((record, index) =>
            new RecordDocument(JsonElement.Parse(utf8.AsSpan(record)), "", Context, toGroups ? new NamedGroups([]) : null, toGroups ? repeated[index] : []).Members);
        return RecordRules.All.Where(rule => members.Any(member => member.Parts.HasFlag(rule.Part) && rule.Check(member.Item) is not null));
    }

    private static string Record(string dimensions = """{"d":"x"}""", string metrics = """{"m":1}""", string more = "") =>
        $$"""{"dimensions":{{dimensions}},"metrics":{{metrics}}{{(more.Length > 0 ? "," : "")}}{{more}}}""";
}
