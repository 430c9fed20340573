using System.Text;
using PushGateway.Formats.Json;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Testing;
using Xunit;
using static PushGateway.Core.Tests.Formats.Json.JsonRecords;

namespace PushGateway.Core.Tests.Formats.Json;

public sealed class RecordReaderTests
{
    private const string Typical =
        """{"dimensions":{"customerId":"customer1","site":"a"},"timestamp":1699999999000,"metrics":{"temperature":"14.3","ph":6}}""";

    [Fact]
    public void Each_metric_becomes_a_series_with_the_dimensions_as_labels() => Assert.Equal(
        ["temperature{customerId=\"customer1\",site=\"a\"} 14.3@1699999999000", "ph{customerId=\"customer1\",site=\"a\"} 6i@1699999999000"],
        Dump(Accept(Typical)));

    [Theory]
    [InlineData("""{"dimensions":{"d":"x"},"timestamp":1699999999000,"metrics":{"a":1,"b":2.5}}""")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a":1,"b":2.5},"timestamp":1699999999000}""")]
    [InlineData("""{"metrics":{"a":1,"b":2.5},"dimensions":{"d":"x"},"timestamp":1699999999000}""")]
    [InlineData("""{"metrics":{"a":1,"b":2.5},"timestamp":1699999999000,"dimensions":{"d":"x"}}""")]
    [InlineData("""{"timestamp":1699999999000,"metrics":{"a":1,"b":2.5},"dimensions":{"d":"x"}}""")]
    [InlineData("""{"timestamp":1699999999000,"dimensions":{"d":"x"},"metrics":{"a":1,"b":2.5}}""")]
    public void Keys_come_in_any_order(string record)
    {
        string[] once = ["a{d=\"x\"} 1i@1699999999000", "b{d=\"x\"} 2.5@1699999999000"];
        Assert.Equal(once, Dump(Accept(record)));
        Assert.Equal([.. once, .. once], Dump(Accept(record + "\n" + record)));
    }

    [Fact]
    public void A_record_without_timestamp_has_the_time_of_receipt() => Assert.Equal(
        [$"a{{d=\"x\"}} 1i@{Now}"],
        Dump(Accept("""{"dimensions":{"d":"x"},"metrics":{"a":1}}""")));

    [Fact]
    public void A_timestamp_belongs_to_its_own_record_only() => Assert.Equal(
        ["a{d=\"x\"} 1i@1699999999000", $"a{{d=\"y\"}} 2i@{Now}", "a{d=\"z\"} 3i@1699999998000"],
        Dump(Accept("""
            {"dimensions":{"d":"x"},"timestamp":1699999999000,"metrics":{"a":1}}
            {"dimensions":{"d":"y"},"metrics":{"a":2}}
            {"dimensions":{"d":"z"},"metrics":{"a":3},"timestamp":1699999998000}
            """)));

    [Theory]
    [InlineData("[{0},{1}]")]
    [InlineData(" [ {0} ,\n{1} ] \n")]
    [InlineData("{0}\n{1}\n")]
    [InlineData("{0}\r\n\r\n{1}")]
    [InlineData("{0}{1}")]
    [InlineData("\uFEFF{0}\n{1}")]
    public void An_array_and_records_one_after_another_are_the_same(string shape)
    {
        var body = shape
            .Replace("{0}", """{"dimensions":{"d":"x"},"metrics":{"a":1}}""", StringComparison.Ordinal)
            .Replace("{1}", """{"metrics":{"b":2},"dimensions":{"e":"y"}}""", StringComparison.Ordinal);
        Assert.Equal([$"a{{d=\"x\"}} 1i@{Now}", $"b{{e=\"y\"}} 2i@{Now}"], Dump(Accept(body)));
    }

    [Fact]
    public void Records_of_a_push_share_families_and_pushes_do_not()
    {
        var batch = Accept("""[{"dimensions":{"d":"x"},"metrics":{"a":1}},{"dimensions":{"d":"y"},"metrics":{"a":1}}]""");
        Assert.Equal(1, batch.Families.Length);
        batch.BeginPush();
        Assert.True(RecordReader.TryRead("""{"dimensions":{"d":"x"},"metrics":{"a":1}}"""u8, groups: null, batch, Context, out _));
        Assert.Equal(2, batch.Families.Length);
    }

    [Fact]
    public void Labels_are_sorted_and_an_empty_value_is_no_label() => Assert.Equal(
        [$"a{{a=\"3\",b=\"1\",z=\"2\"}} 1i@{Now}"],
        Dump(Accept("""{"dimensions":{"z":"2","b":"1","none":"","a":"3"},"metrics":{"a":1}}""")));

    [Fact]
    public void Dimensions_that_are_all_empty_leave_no_label() =>
        Assert.Equal([$"a{{}} 1i@{Now}"], Dump(Accept("""{"dimensions":{"d":""},"metrics":{"a":1}}""")));

    [Fact]
    public void A_grouping_label_takes_the_place_of_a_dimension()
    {
        var batch = new MetricBatch();
        batch.BeginPush(new Label(batch.Symbols.Intern("d"), batch.Symbols.Intern("group")));
        Assert.True(RecordReader.TryRead("""{"dimensions":{"d":"x","e":"y"},"metrics":{"a":1}}"""u8, groups: null, batch, Context, out _));
        Assert.Equal([$"a{{d=\"group\",e=\"y\"}} 1i@{Now}"], Dump(batch));
    }

    [Theory]
    [InlineData("12", "12i")]
    [InlineData("\"12\"", "12i")]
    [InlineData("12.0", "12")]
    [InlineData("\"12.0\"", "12")]
    [InlineData("1e3", "1000")]
    [InlineData("\"1e3\"", "1000")]
    [InlineData("-0", "-0i")]
    [InlineData("\"+7\"", "7i")]
    [InlineData("\"\\u0031\\u0032\"", "12i")]
    [InlineData("\"NaN\"", "NaN")]
    [InlineData("\"-Inf\"", "-Infinity")]
    [InlineData("9223372036854775807", "9.223372036854776E+18i")]
    [InlineData("9223372036854775808", "9.223372036854776E+18")]
    public void The_text_of_a_value_tells_integer_from_float(string value, string expected) => Assert.Equal(
        [$"m{{d=\"x\"}} {expected}@{Now}"],
        Dump(Accept($$$"""{"dimensions":{"d":"x"},"metrics":{"m":{{{value}}}}}""")));

    [Theory]
    [InlineData("ok_Name9", "ok_Name9", "ok_Name9")]
    [InlineData("a:b", "a:b", "a_b")]
    [InlineData("a-b.c d", "a_b_c_d", "a_b_c_d")]
    [InlineData("9lives", "_9lives", "_9lives")]
    [InlineData("9-", "_9_", "_9_")]
    [InlineData("grün", "gr_n", "gr_n")]
    [InlineData("x€y", "x_y", "x_y")]
    [InlineData("x😀y", "x_y", "x_y")]
    [InlineData("e\\u0301", "e_", "e_")]
    [InlineData("\\ud83d\\ude00", "_", "_")]
    [InlineData("q\\\"\\n\\\\", "q___", "q___")]
    public void Names_are_made_legal(string name, string metric, string label) => Assert.Equal(
        [$"{metric}{{{label}=\"x\"}} 1i@{Now}"],
        Dump(Accept($$$"""{"dimensions":{"{{{name}}}":"x"},"metrics":{"{{{name}}}":1}}""")));

    [Fact]
    public void A_long_name_is_made_legal() => Assert.Equal(
        [$"{new string('_', 1024)}{{d=\"x\"}} 1i@{Now}"],
        Dump(Accept($$$"""{"dimensions":{"d":"x"},"metrics":{"{{{string.Concat(Enumerable.Repeat("😀", 1024))}}}":1}}""")));

    [Fact]
    public void Keys_names_and_values_may_be_escaped() => Assert.Equal(
        [$"temp{{site=\"a\"\n\\/é😀\0\"}} 1.5@{Now}"],
        Dump(Accept("""{"\u0064imensions":{"\u0073ite":"a\"\n\\\/\u00e9\ud83d\ude00\u0000"},"m\u0065trics":{"t\u0065mp":"1\u002e5"}}""")));

    [Fact]
    public void An_escaped_value_may_be_longer_than_the_name_before_it() => Assert.Equal(
        [$"m{{a=\"{new string('é', 500)}\",b=\"x\"}} 1i@{Now}"],
        Dump(Accept($$$"""{"dimensions":{"\u0061":"{{{string.Concat(Enumerable.Repeat("\\u00e9", 500))}}}","b":"x"},"metrics":{"m":1}}""")));

    [Theory]
    [InlineData("", RejectCode.Empty, "")]
    [InlineData(" \r\n", RejectCode.Empty, "")]
    [InlineData("\uFEFF", RejectCode.Empty, "")]
    [InlineData("[]", RejectCode.Empty, "")]
    [InlineData("null", RejectCode.RecordNotObject, "")]
    [InlineData("5", RejectCode.RecordNotObject, "")]
    [InlineData("\"x\"", RejectCode.RecordNotObject, "")]
    [InlineData("[[]]", RejectCode.RecordNotObject, "/0")]
    [InlineData("true false", RejectCode.RecordNotObject, "/0")]
    [InlineData("{}", RejectCode.DimensionsMissing, "")]
    [InlineData("[{}]", RejectCode.DimensionsMissing, "/0")]
    [InlineData("""{"dimensions":{"d":"x"}}""", RejectCode.MetricsMissing, "")]
    [InlineData("""{"metrics":{"a":1}}""", RejectCode.DimensionsMissing, "")]
    [InlineData("""{"dimensions":{},"metrics":{"a":1}}""", RejectCode.DimensionsInvalid, "/dimensions")]
    [InlineData("""{"dimensions":null,"metrics":{"a":1}}""", RejectCode.DimensionsInvalid, "/dimensions")]
    [InlineData("""{"dimensions":["d"],"metrics":{"a":1}}""", RejectCode.DimensionsInvalid, "/dimensions")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{}}""", RejectCode.MetricsInvalid, "/metrics")]
    [InlineData("""{"metrics":{},"dimensions":{"d":"x"}}""", RejectCode.MetricsInvalid, "/metrics")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":[1]}""", RejectCode.MetricsInvalid, "/metrics")]
    [InlineData("""{"metrics":1,"dimensions":{"d":"x"}}""", RejectCode.MetricsInvalid, "/metrics")]
    [InlineData("""{"dimensions":{"d":1},"metrics":{"a":1}}""", RejectCode.DimensionNotString, "/dimensions/d")]
    [InlineData("""{"dimensions":{"a/b~c":null},"metrics":{"a":1}}""", RejectCode.DimensionNotString, "/dimensions/a~1b~0c")]
    [InlineData("""{"dimensions":{"d":{"e":"x"}},"metrics":{"a":1}}""", RejectCode.DimensionNotString, "/dimensions/d")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a":null}}""", RejectCode.MetricNotNumber, "/metrics/a")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a":true}}""", RejectCode.MetricNotNumber, "/metrics/a")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a":{"b":[1]}}}""", RejectCode.MetricNotNumber, "/metrics/a")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a":1,"\u0062/":"14,3"}}""", RejectCode.MetricNotNumber, "/metrics/b~1")]
    [InlineData("""{"metrics":{"a":""},"dimensions":{"d":"x"}}""", RejectCode.MetricNotNumber, "/metrics/a")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a":1e309}}""", RejectCode.MetricOutOfRange, "/metrics/a")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a":"-1e309"}}""", RejectCode.MetricOutOfRange, "/metrics/a")]
    [InlineData("""{"dimensions":{"":"x"},"metrics":{"a":1}}""", RejectCode.NameEmpty, "/dimensions/")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"":1}}""", RejectCode.NameEmpty, "/metrics/")]
    [InlineData("""{"dimensions":{"__name__":"x"},"metrics":{"a":1}}""", RejectCode.NameReserved, "/dimensions/__name__")]
    [InlineData("""{"dimensions":{"_:name::":"x"},"metrics":{"a":1}}""", RejectCode.NameReserved, "/dimensions/_:name::")]
    [InlineData("""{"dimensions":{"a.b":"x","c":"y","a:b":"z"},"metrics":{"a":1}}""", RejectCode.NameCollision, "/dimensions/a:b")]
    [InlineData("""{"dimensions":{"d":"","d":""},"metrics":{"a":1}}""", RejectCode.NameCollision, "/dimensions/d")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a-b":1,"c":1,"a_b":2}}""", RejectCode.NameCollision, "/metrics/a_b")]
    [InlineData("""{"metrics":{"a":1,"a":1},"dimensions":{"d":"x"}}""", RejectCode.NameCollision, "/metrics/a")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a":1},"unit":"ms"}""", RejectCode.UnknownKey, "/unit")]
    [InlineData("""{"Dimensions":{"d":"x"},"metrics":{"a":1}}""", RejectCode.UnknownKey, "/Dimensions")]
    [InlineData("""{"":1}""", RejectCode.UnknownKey, "/")]
    [InlineData("""{"dimensions":{"d":"x"},"dimensions":{"d":"x"},"metrics":{"a":1}}""", RejectCode.DuplicateKey, "/dimensions")]
    [InlineData("""{"metrics":{"a":1},"metrics":{"a":1},"dimensions":{"d":"x"}}""", RejectCode.DuplicateKey, "/metrics")]
    [InlineData("""{"timestamp":1700000000000,"timestamp":1700000000000}""", RejectCode.DuplicateKey, "/timestamp")]
    [InlineData("""{"timestamp":"1700000000000"}""", RejectCode.TimestampInvalid, "/timestamp")]
    [InlineData("""{"timestamp":null}""", RejectCode.TimestampInvalid, "/timestamp")]
    [InlineData("""{"timestamp":1700000000000.0}""", RejectCode.TimestampInvalid, "/timestamp")]
    [InlineData("""{"timestamp":17e11}""", RejectCode.TimestampInvalid, "/timestamp")]
    [InlineData("""{"timestamp":9223372036854775808}""", RejectCode.TimestampInvalid, "/timestamp")]
    [InlineData("""{"timestamp":9223372036854775807}""", RejectCode.TimestampInFuture, "/timestamp")]
    [InlineData("""{"timestamp":-9223372036854775808}""", RejectCode.TimestampTooOld, "/timestamp")]
    [InlineData("""{"timestamp":-0}""", RejectCode.TimestampTooOld, "/timestamp")]
    [InlineData("""{"dimensions":{"d":"\ud800"},"metrics":{"a":1}}""", RejectCode.StringInvalid, "/dimensions/d")]
    [InlineData("""{"dimensions":{"\udc00d":"x"},"metrics":{"a":1}}""", RejectCode.StringInvalid, "/dimensions")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"\ud800":1}}""", RejectCode.StringInvalid, "/metrics")]
    [InlineData("""{"dimensions":{"d":"x"},"metrics":{"a":"\ud800"}}""", RejectCode.StringInvalid, "/metrics/a")]
    [InlineData("""{"\ud800":1}""", RejectCode.StringInvalid, "")]
    public void A_bad_record_has_a_code_and_a_pointer(string body, string code, string pointer)
    {
        var error = Refuse(body);
        Assert.Equal((code, pointer, 0), (error.Code, error.Pointer, error.Line));
        Assert.NotEmpty(error.Detail);
    }

    [Theory]
    [InlineData("[{0},{1}]")]
    [InlineData("{0}\n{1}")]
    public void Pointers_begin_with_the_index_when_there_are_several_records(string shape)
    {
        const string good = """{"dimensions":{"d":"x"},"metrics":{"a":1}}""";
        const string bad = """{"dimensions":{"d":"x"},"metrics":{"temperature":"warm"}}""";
        Assert.Equal("/1/metrics/temperature", Refuse(Shape(good, bad)).Pointer);
        Assert.Equal("/0/metrics/temperature", Refuse(Shape(bad, good)).Pointer);
        Assert.Equal("/1", Refuse(Shape(good, "[]")).Pointer);
        Assert.Equal("/0/metrics/temperature", Refuse($"[{bad}]").Pointer);
        Assert.Equal("/metrics/temperature", Refuse(bad).Pointer);

        string Shape(string first, string second) =>
            shape.Replace("{0}", first, StringComparison.Ordinal).Replace("{1}", second, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC3 })]
    [InlineData(new byte[] { 0xC0, 0x80 })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { (byte)'\\', (byte)'n', 0xFF })]
    public void Invalid_utf8_is_refused_in_every_string_that_is_read(byte[] invalid)
    {
        (string Before, string After, string Pointer)[] places =
        [
            ("{\"", "\":1}", ""),
            ("{\"dimensions\":{\"", "\":\"x\"}}", "/dimensions"),
            ("{\"dimensions\":{\"d\":\"", "\"}}", "/dimensions/d"),
            ("{\"dimensions\":{\"d\":\"x\"},\"metrics\":{\"", "\":1}}", "/metrics"),
            ("{\"dimensions\":{\"d\":\"x\"},\"metrics\":{\"a\":\"", "\"}}", "/metrics/a"),
        ];
        foreach (var (before, after, pointer) in places)
        {
            var error = Refuse([.. Encoding.UTF8.GetBytes(before), .. invalid, .. Encoding.UTF8.GetBytes(after)]);
            Assert.Equal((RejectCode.StringInvalid, pointer), (error.Code, error.Pointer));
        }
    }

    [Theory]
    [InlineData("{", 1)]
    [InlineData("{\n\"dimensions\":\n{\"d\" \"x\"}}", 3)]
    [InlineData("[{\"unknown\":1},\n]", 2)]
    [InlineData("{\"unknown\":1}\n{\"dimensions\"", 2)]
    [InlineData("{\"unknown\":1}\n\n}", 3)]
    [InlineData("[]\n{}", 2)]
    [InlineData("[{\"unknown\":1}]\n\n[]", 3)]
    [InlineData("{\"dimensions\":{\"d\":\"x\"},\"metrics\":{\"a\":NaN}}", 1)]
    [InlineData("{\"dimensions\":{\"d\":\"x\"},\"metrics\":{\"a\":012}}", 1)]
    [InlineData("{\"dimensions\":{\"d\":\"\u0001\"},\"metrics\":{\"a\":1}}", 1)]
    [InlineData("// {}\n{}", 1)]
    public void A_body_that_is_not_json_is_refused_as_such_whatever_comes_before(string body, int line)
    {
        var error = Refuse(body);
        Assert.Equal((RejectCode.JsonInvalid, line, null), (error.Code, error.Line, error.Pointer));
        Assert.DoesNotContain("LineNumber", error.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sentence_of_a_syntax_error_says_where_and_why() => Assert.Equal(
        "not valid JSON in line 2, byte 4: 'x' is an invalid start of a value",
        Refuse("{\"dimensions\":\n   x}").Detail);

    [Fact]
    public void Nesting_beyond_the_depth_limit_is_refused()
    {
        Assert.Equal(RejectCode.MetricNotNumber, Refuse(Nested(60)).Code);
        Assert.Equal(RejectCode.JsonInvalid, Refuse(Nested(65)).Code);
        Assert.Equal(RejectCode.JsonInvalid, Refuse(Nested(1_000_000)).Code);

        static string Nested(int depth) =>
            $$$"""{"dimensions":{"d":"x"},"metrics":{"a":{{{new string('[', depth)}}}{{{new string(']', depth)}}}}}""";
    }

    [Fact]
    public void Limits_hold_at_their_edges()
    {
        var limits = new PushLimits { MaxLabels = 3, MaxNameBytes = 4, MaxLabelValueBytes = 4 };
        Assert.Equal([$"four{{a=\"äö\",four=\"1\"}} 1i@{Now}"], Dump(Accept("""{"dimensions":{"four":"1","a":"äö"},"metrics":{"four":1}}""")));
        AssertRefused("""{"dimensions":{"a":"","b":"","c":""},"metrics":{"m":1}}""", RejectCode.TooManyLabels, "/dimensions");
        AssertRefused("""{"dimensions":{"fifth":"1"},"metrics":{"m":1}}""", RejectCode.NameTooLong, "/dimensions/fifth");
        AssertRefused("""{"dimensions":{"9999":"1"},"metrics":{"m":1}}""", RejectCode.NameTooLong, "/dimensions/9999");
        AssertRefused("""{"dimensions":{"d":"1"},"metrics":{"fifth":1}}""", RejectCode.NameTooLong, "/metrics/fifth");
        AssertRefused("""{"dimensions":{"d":"äöü"},"metrics":{"m":1}}""", RejectCode.LabelValueTooLong, "/dimensions/d");

        void AssertRefused(string body, string code, string pointer)
        {
            var error = Refuse(Encoding.UTF8.GetBytes(body), limits);
            Assert.Equal((code, pointer), (error.Code, error.Pointer));
        }
    }

    [Theory]
    [InlineData(5_000, null)]
    [InlineData(5_001, RejectCode.TimestampInFuture)]
    [InlineData(-86_400_000, null)]
    [InlineData(-86_400_001, RejectCode.TimestampTooOld)]
    public void Time_limits_hold_at_their_edges(long offset, string? code)
    {
        var batch = new MetricBatch();
        batch.BeginPush();
        var body = Encoding.UTF8.GetBytes($$$"""{"dimensions":{"d":"x"},"metrics":{"a":1},"timestamp":{{{Now + offset}}}}""");
        Assert.Equal(code is null, RecordReader.TryRead(body, groups: null, batch, Context, out var error));
        Assert.Equal(code, error?.Code);
    }

    [Fact]
    public void Excerpts_and_pointers_stay_short_and_without_control_characters()
    {
        var error = Refuse($$$"""{"{{{new string('é', 1_000_000)}}}":1}""");
        Assert.Equal("", error.Pointer);
        Assert.InRange(error.Detail.Length, 40, 200);
        Assert.DoesNotContain('\uFFFD', error.Detail);
        Assert.DoesNotContain('\n', Refuse("""{"a\nb":1}""").Detail);
    }

    [Fact]
    public void A_steady_state_parse_allocates_nothing()
    {
        byte[][] bodies =
        [
            Encoding.UTF8.GetBytes(Typical),
            """{"metrics":{"1.a":"14.3","b\u0062":"-Inf"},"\u0064imensions":{"zulu time":"\u00e9\u00e9","b":""},"timestamp":1699999999000}"""u8.ToArray(),
            Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat(Typical, 100))}]"),
        ];
        var batch = new MetricBatch();
        var context = Context;
        SteadyState.AssertNoAllocation(ParseAll);

        void ParseAll()
        {
            batch.Clear();
            foreach (var body in bodies)
            {
                batch.BeginPush();
                if (!RecordReader.TryRead(body, groups: null, batch, context, out var error))
                {
                    throw new InvalidOperationException(error.Detail);
                }
            }
        }
    }

    [Fact]
    public void A_record_of_100000_metrics_takes_linear_time()
    {
        // Twenty times the metrics: if every name were compared with every other, four hundred times the time.
        Assert.InRange(BestTime(100_000) / BestTime(5_000), 0, 100);

        static TimeSpan BestTime(int metrics)
        {
            var body = new StringBuilder("""{"dimensions":{"d":"x"},"metrics":{""");
            body.AppendJoin(',', Enumerable.Range(0, metrics).Select(index => $"\"m{index}\":{index}"));
            var good = Encoding.UTF8.GetBytes(body + "}}");
            var bad = Encoding.UTF8.GetBytes(body + ",\"m0\":0}}");
            var best = TimeSpan.MaxValue;
            for (var i = 0; i < 3; i++)
            {
                var start = ThreadClock.Now;
                Assert.Equal(metrics, Accept(good).Series.Length);
                var error = Refuse(bad);
                Assert.Equal((RejectCode.NameCollision, "/metrics/m0"), (error.Code, error.Pointer));
                var time = ThreadClock.Now - start;
                best = time < best ? time : best;
            }

            return best;
        }
    }
}
