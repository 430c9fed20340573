using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using PushGateway.Api.Validation;
using PushGateway.Formats;
using PushGateway.Formats.Json;
using PushGateway.Model;
using PushGateway.Push;
using Xunit;

namespace PushGateway.Api.Tests.Validation;

public sealed class RecordDescriberTests
{
    private const int DefaultCases = 20_000;

    // Small limits, which random records reach.
    private static readonly ParseContext Small =
        new(new PushLimits { MaxLabels = 6, MaxNameBytes = 16, MaxLabelValueBytes = 12 }, RandomRecords.Now);

    private static readonly ParseContext Defaults = new(PushLimits.Default, RandomRecords.Now);

    // One of them is in some of the random groups, too.
    private static readonly ImmutableArray<KeyValuePair<string, string>> Pinned = [new("instance", "pinned"), new("tenant", "t")];

    private static readonly string[] Common =
    [
        "accepted", RejectCode.JsonInvalid, RejectCode.RecordNotObject, RejectCode.UnknownKey, RejectCode.DuplicateKey, RejectCode.DimensionsInvalid,
        RejectCode.DimensionNotString, RejectCode.MetricsMissing, RejectCode.MetricsInvalid, RejectCode.MetricNotNumber, RejectCode.MetricOutOfRange,
        RejectCode.StringInvalid, RejectCode.NameEmpty, RejectCode.NameReserved, RejectCode.NameCollision, RejectCode.TooManyLabels,
        RejectCode.NameTooLong, RejectCode.LabelValueTooLong,
    ];

    private static int Cases => int.TryParse(Environment.GetEnvironmentVariable("PUSHGATEWAY_FUZZ_CASES"), CultureInfo.InvariantCulture, out var asked)
        ? asked
        : DefaultCases;

    // A short run need not meet every error.
    private static int Enough => Cases >= DefaultCases ? 10 : 0;

    public static TheoryData<int> Seeds => [1, 2, 3, 4];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_parser_refuses_what_the_describer_describes_and_says_the_same(int seed)
    {
        var seen = Compare(new RandomRecords(seed), Small, groups: null);

        string[] expected = [.. Common, RejectCode.DimensionsMissing, RejectCode.TimestampInvalid, RejectCode.TimestampInFuture, RejectCode.TimestampTooOld];
        Assert.All(expected, code => Assert.True(seen.GetValueOrDefault(code) >= Enough, code));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void So_they_do_of_records_that_name_their_groups(int seed)
    {
        var allowed = seed % 2 == 0;
        var seen = Compare(
            new RandomRecords(seed, toGroups: true),
            Small with { Limits = Small.Limits with { AllowTimestamps = allowed } },
            seed > 2 ? Pinned : []);

        string[] expected =
        [
            .. Common, RejectCode.GroupMissing, RejectCode.GroupInvalid, RejectCode.DuplicateSeries, RejectCode.LabelNotAllowed,
            allowed ? RejectCode.TimestampInvalid : RejectCode.TimestampNotAllowed,
        ];
        Assert.All(expected, code => Assert.True(seen.GetValueOrDefault(code) >= Enough, code));
    }

    [Fact]
    public void All_errors_of_all_records_are_described_after_the_one_that_the_parser_met()
    {
        var errors = Describe("""
            {"dimensions":{"site":"a"},"metrics":{"ok":1}}
            {"metrics":{"warm":"hot","":1,"a.b":1,"a_b":2},"unit":"C","timestamp":1.5}
            5
            """);
        Assert.Equal(
            [
                (RejectCode.UnknownKey, "/1/unit"),
                (RejectCode.TimestampInvalid, "/1/timestamp"),
                (RejectCode.DimensionsMissing, "/1"),
                (RejectCode.NameEmpty, "/1/metrics/"),
                (RejectCode.NameCollision, "/1/metrics/a_b"),
                (RejectCode.MetricNotNumber, "/1/metrics/warm"),
                (RejectCode.RecordNotObject, "/2"),
            ],
            errors.Select(error => (error.Code, error.Pointer)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData(" \n")]
    public void An_empty_body_has_one_error(string body) => Assert.Equal(RejectCode.Empty, Assert.Single(Describe(body)).Code);

    [Fact]
    public void A_body_that_is_not_json_has_one_error_with_its_line()
    {
        var error = Assert.Single(Describe("{\"unknown\":1}\n{\"dimensions\":}"));
        Assert.Equal((RejectCode.JsonInvalid, 2, null), (error.Code, error.Line, error.Pointer));
    }

    [Fact]
    public void A_nested_array_is_not_a_record() =>
        Assert.Equal((RejectCode.RecordNotObject, "/0"), Assert.Single(Describe("[[{}]]")) is var error ? (error.Code, error.Pointer) : default);

    [Fact]
    public void Too_many_errors_are_cut_and_the_parser_s_stays()
    {
        var metrics = string.Join(',', Enumerable.Range(0, 500).Select(index => $"\"m{index}\":null"));
        var errors = Describe($$$"""{"metrics":{{{{metrics}}}},"dimensions":{"d":1}}""");
        Assert.Equal(RecordDescriber.MaxErrors, errors.Count);
        Assert.Equal("/dimensions/d", errors[0].Pointer);
        Assert.Equal(RecordDescriber.MaxErrors, errors.Distinct().Count());
        Assert.Equal(RecordDescriber.MaxErrors, Describe(string.Concat(Enumerable.Repeat("{}\n", 1_000))).Count);
    }

    [Fact]
    public void A_large_body_has_the_parser_s_error_only()
    {
        var errors = Describe("{}{}" + new string(' ', RecordDescriber.MaxDescribedBytes));
        Assert.Equal((RejectCode.DimensionsMissing, "/0"), Assert.Single(errors) is var error ? (error.Code, error.Pointer) : default);
    }

    [Fact]
    public void A_record_with_more_labels_than_a_push_may_have_is_described_without_them()
    {
        var context = Defaults with { Limits = PushLimits.Default with { MaxLabels = 300 } };
        var dimensions = string.Join(',', Enumerable.Range(0, 290).Select(i => $"\"d{i}\":\"v\""));
        var metrics = string.Join(',', Enumerable.Range(0, 28_000).Select(i => $"\"{i:x}\":1"));
        var body = Encoding.UTF8.GetBytes($$$"""{"group":{"job":"a"},"dimensions":{{{{dimensions}}}},"metrics":{{{{metrics}}}}}""");
        Assert.InRange(body.Length, 0, RecordDescriber.MaxDescribedBytes);

        Assert.Empty(RecordDescriber.Find(body, context, new NamedGroups([])));
    }

    [Fact]
    public void The_sender_s_braces_are_not_placeholders() => Assert.Equal(
        "unknown key \"{PropertyName}\": a record has \"dimensions\", \"metrics\" and \"timestamp\"",
        Describe("""{"{PropertyName}":1,"dimensions":{"d":"x"},"metrics":{"a":1}}""").Single().Detail);

    [Fact]
    public void All_errors_of_records_that_name_their_groups_are_described()
    {
        var errors = Describe(
            """
            [{"group":{"job":"a"},"dimensions":{"d":"x"},"metrics":{"m":1}},
             {"metrics":{"m":1}},
             {"group":{"job":"a","x-y":"1","job":"b"},"dimensions":{"__d":"x"},"metrics":{"m":1},"timestamp":1700000000000},
             {"group":{"job":"a"},"dimensions":{"d":"x","job":"other"},"metrics":{"n":1,"m":2}},
             {"group":[],"metrics":{"m":"x"}}]
            """,
            toGroups: true);
        Assert.Equal(
            [
                (RejectCode.GroupMissing, "/1"),
                (RejectCode.TimestampNotAllowed, "/2/timestamp"),
                (RejectCode.GroupInvalid, "/2/group/x-y"),
                (RejectCode.GroupInvalid, "/2/group/job"),
                (RejectCode.LabelNotAllowed, "/2/dimensions/__d"),
                (RejectCode.DuplicateSeries, "/3/metrics"),
                (RejectCode.MetricNotNumber, "/4/metrics/m"),
                (RejectCode.GroupInvalid, "/4/group"),
            ],
            errors.Select(error => (error.Code, error.Pointer)));
    }

    [Fact]
    public void Groups_with_the_same_series_do_not_repeat_each_other()
    {
        var errors = Describe(
            """
            [{"group":{"job":"a"},"dimensions":{"instance":"x"},"metrics":{"m":1}},
             {"group":{"job":"a","instance":"x"},"metrics":{"m":1}},
             {"group":{"job":"a"},"metrics":{"m":null}}]
            """,
            toGroups: true);
        Assert.Equal([(RejectCode.MetricNotNumber, "/2/metrics/m")], errors.Select(error => (error.Code, error.Pointer)));
    }

    [Fact]
    public void Groups_that_pinned_labels_make_one_repeat_each_other()
    {
        var errors = Describe(
            """
            [{"group":{"job":"a","tenant":"x"},"metrics":{"m":null}},
             {"group":{"job":"a","tenant":"y"},"metrics":{"m":1}},
             {"group":{"job":"a"},"metrics":{"m":1}}]
            """,
            toGroups: true,
            Pinned);
        Assert.Equal(
            [(RejectCode.MetricNotNumber, "/0/metrics/m"), (RejectCode.DuplicateSeries, "/2/metrics")],
            errors.Select(error => (error.Code, error.Pointer)));
    }

    [Fact]
    public void Pinned_labels_count()
    {
        var context = Defaults with { Limits = PushLimits.Default with { MaxLabels = 4 } };
        var body = """{"group":{"job":"a"},"dimensions":{"d":"x"},"metrics":{"m":1}}"""u8.ToArray();

        Assert.Empty(RecordDescriber.Find(body, context, new NamedGroups([])));
        Assert.Equal(RejectCode.TooManyLabels, Assert.Single(RecordDescriber.Find(body, context, new NamedGroups(Pinned))).Code);
    }

    private static IReadOnlyList<PushError> Describe(
        string body, bool toGroups = false, ImmutableArray<KeyValuePair<string, string>>? pinned = null)
    {
        var utf8 = Encoding.UTF8.GetBytes(body);
        var labels = toGroups ? pinned ?? [] : pinned;
        Assert.False(TryParse(utf8, new MetricBatch(), Defaults, labels, out var refusal));
        var errors = RecordDescriber.Describe(utf8, Defaults, NoGroups(labels), refusal!);
        Assert.Equal(refusal, errors[0]);
        return errors;
    }

    private static NamedGroups? NoGroups(ImmutableArray<KeyValuePair<string, string>>? pinned) => pinned is { } labels ? new NamedGroups(labels) : null;

    private static bool TryParse(
        byte[] body, MetricBatch batch, ParseContext context, ImmutableArray<KeyValuePair<string, string>>? pinned, out PushError? error)
    {
        batch.BeginPush();
        return NoGroups(pinned) is { } groups
            ? PushReader.TryReadGroups(body, groups, batch, context, out error)
            : PushReader.TryRead(PushFormat.Json, body, toGroup: false, batch, context, out error);
    }

    private static Dictionary<string, int> Compare(RandomRecords records, ParseContext context, ImmutableArray<KeyValuePair<string, string>>? groups)
    {
        var batch = new MetricBatch();
        var seen = new Dictionary<string, int>();
        for (var i = 0; i < Cases / Seeds.Count / 2; i++)
        {
            var body = records.NextBody();
            Compare(body, context, groups, batch, seen);
            Compare(records.Mutate(body), context, groups, batch, seen);
        }

        return seen;
    }

    private static void Compare(
        byte[] body, ParseContext context, ImmutableArray<KeyValuePair<string, string>>? pinned, MetricBatch batch, Dictionary<string, int> seen)
    {
        batch.Clear();
        var accepted = TryParse(body, batch, context, pinned, out var refusal);
        var described = RecordDescriber.Find(body, context, NoGroups(pinned));
        var text = Encoding.UTF8.GetString(body);
        Assert.True(accepted == (described.Count == 0), $"parser: {refusal?.ToString() ?? "accepted"}, describer: {string.Join(", ", described)}: {text}");
        if (accepted)
        {
            Assert.False(batch.Series.IsEmpty, text);
            Assert.True(context.Limits.Check(batch, default, context.ReceivedMs) is null, text);
        }
        else
        {
            Assert.True(described.Contains(refusal!), $"parser: {refusal}, describer: {string.Join(", ", described)}: {text}");
        }

        foreach (var code in accepted ? ["accepted"] : described.Select(error => error.Code))
        {
            seen[code] = seen.GetValueOrDefault(code) + 1;
        }

        if (!accepted && described.Count < RecordDescriber.MaxErrors && described[0].Code is not (RejectCode.JsonInvalid or RejectCode.Empty))
        {
            AssertCodesAgree(body, context, pinned, described);
        }
    }

    // Of each record, the describer names the code with which the parser refuses it when it stands alone. Only its series may be another's.
    private static void AssertCodesAgree(
        byte[] body, ParseContext context, ImmutableArray<KeyValuePair<string, string>>? pinned, IReadOnlyList<PushError> described)
    {
        var trimmed = RecordSyntax.TrimByteOrderMark(body);
        Assert.Null(RecordSyntax.Check(trimmed, out var indexed));
        var records = RecordSyntax.FindRecords(trimmed);
        for (var i = 0; i < records.Count; i++)
        {
            var pointer = indexed ? JsonPointer.Append("", i) : "";
            string[] codes =
            [
                .. described.Where(error => error.Pointer == pointer || error.Pointer!.StartsWith(pointer + "/", StringComparison.Ordinal))
                    .Select(error => error.Code)
                    .Where(code => code != RejectCode.DuplicateSeries),
            ];
            byte[] alone = [(byte)'[', .. trimmed[records[i]], (byte)']'];
            var accepted = TryParse(alone, new MetricBatch(), context, pinned, out var refusal);
            Assert.True(
                accepted ? codes.Length == 0 : codes.Contains(refusal!.Code),
                $"parser: {refusal?.ToString() ?? "accepted"}, describer: {string.Join(", ", codes)}: {Encoding.UTF8.GetString(alone)}");
        }
    }
}
