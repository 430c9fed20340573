using System.Diagnostics.Metrics;
using System.Globalization;
using System.Runtime.CompilerServices;
using FsCheck.Xunit;
using PushGateway.Aws.Lambda.Metrics;
using PushGateway.Core.Tests;
using PushGateway.Telemetry;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Aws.Tests.Lambda.Metrics;

public sealed class EmbeddedMetricsTests
{
    private static readonly string[] Formats = ["text", "json", "protobuf"];

    [Fact]
    public void A_line_is_what_was_measured_since_the_last_one()
    {
        using var meter = new TestMeter();
        var pushes = meter.Counter("pushes");
        var samples = meter.Counter("samples");
        var age = meter.Histogram("age");
        pushes.Add(1, TestMeter.Tag("format", "text"), TestMeter.Tag("result", "accepted"));
        samples.Add(2);
        samples.Add(3);
        age.Record(0.25);
        age.Record(1);
        meter.Write();
        samples.Add(4);
        meter.Write();

        const string untagged = """{"Namespace":"My Space","Dimensions":[["service"]],"Metrics":[""";
        Assert.Equal(
            [
                """{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":["""
                + untagged + """{"Name":"samples","Unit":"Count"},{"Name":"age","Unit":"Seconds"}]},"""
                + """{"Namespace":"My Space","Dimensions":[["service"],["service","format","result"]],"Metrics":[{"Name":"pushes","Unit":"Count"}]}]}"""
                + ""","service":"tested","format":"text","result":"accepted","pushes":1,"samples":5,"age":[0.25,1]}""",
                """{"_aws":{"Timestamp":1574109732004,"CloudWatchMetrics":["""
                + untagged + """{"Name":"samples","Unit":"Count"}]}]},"service":"tested","samples":4}""",
            ],
            meter.Lines);
        Assert.Equal(
            [
                "samples service=tested Count 5",
                "age service=tested Seconds 0.25 1",
                "pushes service=tested Count 1",
                "pushes service=tested,format=text,result=accepted Count 1",
                "samples service=tested Count 4",
            ],
            meter.Published.Select(Describe));
    }

    [Fact]
    public void Without_a_measurement_there_is_no_line()
    {
        using var meter = new TestMeter();
        var pushes = meter.Counter("pushes");
        meter.Write();
        pushes.Add(0);
        meter.Write();
        Assert.Empty(meter.Lines);

        pushes.Add(1);
        meter.Write();
        meter.Write();
        Assert.Single(meter.Lines);
    }

    [Fact]
    public void Tags_that_cannot_stand_in_one_line_get_lines_of_their_own_and_their_sum_needs_no_tag()
    {
        using var meter = new TestMeter();
        var pushes = meter.Counter("pushes");
        var rejected = meter.Counter("rejected");
        var wrong = meter.Counter("wrong");
        pushes.Add(1, TestMeter.Tag("format", "text"));
        pushes.Add(2, TestMeter.Tag("format", "json"));
        pushes.Add(4);
        rejected.Add(8, TestMeter.Tag("reason", "sink-rejected"));
        wrong.Add(16, TestMeter.Tag("format", "json"));
        meter.Write();

        Assert.Equal(
            [
                "pushes service=tested Count 1",
                "pushes service=tested,format=text Count 1",
                "rejected service=tested Count 8",
                "rejected service=tested,reason=sink-rejected Count 8",
                "pushes service=tested Count 2",
                "pushes service=tested,format=json Count 2",
                "pushes service=tested Count 4",
                "wrong service=tested Count 16",
                "wrong service=tested,format=json Count 16",
            ],
            meter.Published.Select(Describe));
        Assert.Equal(7, Published(meter, "pushes", "service=tested").Sum());
    }

    [Fact]
    public void Of_more_values_than_an_array_may_have_some_are_written_that_are_evenly_spread()
    {
        using var meter = new TestMeter();
        var age = meter.Histogram("age");
        var values = Enumerable.Range(0, 496).Select(i => (double)i).ToArray();
        new Random(1).Shuffle(values);
        Array.ForEach(values, age.Record);
        meter.Write();

        Assert.Equal(Enumerable.Range(0, 100).Select(i => i * 5.0), Published(meter, "age", "service=tested"));

        meter.Write();
        Assert.Single(meter.Lines);
    }

    [Fact]
    public void More_metrics_than_a_line_may_have_go_on_in_the_next_one()
    {
        using var meter = new TestMeter();
        for (var i = 0; i < 101; i++)
        {
            meter.Counter(string.Create(CultureInfo.InvariantCulture, $"counter{i}")).Add(1);
        }

        meter.Write();

        Assert.Equal([100, 1], meter.Lines.Select(line => EmbeddedMetricFormat.Read(line).Count));
    }

    [Fact]
    public void Values_that_CloudWatch_refuses_are_left_out()
    {
        using var meter = new TestMeter();
        var age = meter.Histogram("age");
        var largest = Math.Pow(2, 360);
        foreach (var value in (double[])[double.NaN, largest, double.PositiveInfinity, 0, double.NegativeInfinity, -largest, Math.BitIncrement(largest)])
        {
            age.Record(value);
        }

        meter.Write();

        Assert.Equal([largest, 0, -largest], Published(meter, "age", "service=tested"));
    }

    [Fact]
    public void Names_and_tags_are_JSON_whatever_they_hold()
    {
        using var meter = new TestMeter();
        meter.Counter("a \"b\"\n").Add(1, TestMeter.Tag("c\\", "größe"));
        meter.Write();

        Assert.All(meter.Lines, line => Assert.True(System.Text.Ascii.IsValid(line), line));
        Assert.Equal(["a \"b\"\n service=tested Count 1", "a \"b\"\n service=tested,c\\=größe Count 1"], meter.Published.Select(Describe));
    }

    [Fact]
    public void Other_meters_and_instruments_that_are_created_later_are_told_apart()
    {
        using var meter = new TestMeter();
        using var other = new Meter("other");
        other.CreateCounter<long>("pushes").Add(1);
        meter.Counter("later").Add(1);
        meter.Write();

        Assert.Equal(["later service=tested Count 1"], meter.Published.Select(Describe));
    }

    [Fact]
    public void What_is_left_in_the_end_is_written_and_nothing_after_it()
    {
        using var meter = new TestMeter();
        var pushes = meter.Counter("pushes");
        pushes.Add(1);
        meter.End();
        pushes.Add(1);
        meter.End();

        Assert.Equal(["pushes service=tested Count 1"], meter.Published.Select(Describe));
    }

    [Property(MaxTest = 50)]
    public async Task Whatever_is_measured_on_many_threads_while_lines_are_written_is_in_exactly_one_of_them(int seed)
    {
        using var meter = new TestMeter();
        var pushes = meter.Counter("pushes");
        var samples = meter.Counter("samples");
        var age = meter.Histogram("age");
        var threads = new Random(seed).Next(1, 5);
        var recorded = Enumerable.Range(0, threads).Select(thread => Recordings(unchecked(seed + thread))).ToList();

        var recording = Task.WhenAll(recorded.Select(own => Task.Run(() =>
        {
            foreach (var (format, value) in own)
            {
                pushes.Add(value, TestMeter.Tag("format", format));
                samples.Add(value);
                age.Record(value);
            }
        })));
        while (!recording.IsCompleted)
        {
            meter.Write();
        }

        await recording;
        meter.Write();

        var all = recorded.SelectMany(own => own).ToList();
        Assert.Equal(all.Sum(one => one.Value), Published(meter, "pushes", "service=tested").Sum());
        Assert.Equal(all.Sum(one => one.Value), Published(meter, "samples", "service=tested").Sum());
        Assert.Equal(all.Min(one => one.Value), Published(meter, "age", "service=tested").Min());
        Assert.Equal(all.Max(one => one.Value), Published(meter, "age", "service=tested").Max());
        Assert.All(Formats, format => Assert.Equal(
            all.Where(one => one.Format == format).Sum(one => one.Value), Published(meter, "pushes", $"service=tested,format={format}").Sum()));
    }

    [Fact]
    public void Nothing_is_allocated_for_a_line()
    {
        using var meter = new Meter($"test-{Guid.NewGuid()}");
        using var metrics = new EmbeddedMetrics(meter.Name, "My Space", "tested", TextWriter.Null, TimeProvider.System);
        var pushes = meter.CreateCounter<long>("pushes");
        var age = meter.CreateHistogram<double>("age");

        SteadyState.AssertNoAllocation(() =>
        {
            pushes.Add(1, TestMeter.Tag("format", "text"), TestMeter.Tag("result", "accepted"));
            pushes.Add(1, TestMeter.Tag("format", "json"), TestMeter.Tag("result", "accepted"));
            for (var i = 0; i < 150; i++)
            {
                age.Record(i / 7.0);
            }

            metrics.Write();
        });
    }

    [Fact]
    public void Every_instrument_of_the_gateway_has_one_of_CloudWatchs_units()
    {
        RuntimeHelpers.RunClassConstructor(typeof(PushTelemetry).TypeHandle);
        var units = new Dictionary<string, string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == PushTelemetry.Name)
            {
                units.Add(instrument.Name, new MeasuredInstrument(instrument).Unit);
            }
        };
        listener.Start();

        Assert.Equal("Seconds", units["pushgateway.queue.age"]);
        Assert.Equal("Count", units["pushgateway.pushes"]);
        Assert.DoesNotContain("None", units.Values);
    }

    private static List<(string Format, long Value)> Recordings(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, random.Next(1, 2000)).Select(_ => (Formats[random.Next(Formats.Length)], random.NextInt64(1, 1000)))];
    }

    private static IEnumerable<double> Published(TestMeter meter, string name, string dimensions) =>
        meter.Published.Where(metric => metric.Name == name && metric.Dimensions == dimensions).SelectMany(metric => metric.Values);

    private static string Describe(EmbeddedMetric metric)
    {
        Assert.Equal("My Space", metric.Namespace);
        return $"{metric.Name} {metric.Dimensions} {metric.Unit} {string.Join(' ', metric.Values.Select(value => value.ToString(CultureInfo.InvariantCulture)))}";
    }
}
