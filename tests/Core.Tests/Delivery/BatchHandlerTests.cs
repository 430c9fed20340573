using System.Text;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Delivery;
using PushGateway.Groups;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Sinks;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Core.Tests.Delivery;

public sealed class BatchHandlerTests
{
    private const long SentMs = 1_700_000_000_000;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeMilliseconds(SentMs));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_delivered_is_completed()
    {
        var sink = new ScriptedSink(_ => SinkResult.Delivered);

        var outcome = await Handler(sink).HandleAsync([Text("a", "x 1 10\n"), Text("b", "y 2 11\n")], Cancelled);

        Assert.Equal(["a", "b"], outcome.Delivered.Select(m => m.Id));
        Assert.Empty(outcome.Failed);
        Assert.Equal(["x 1 @1699999999010", "y 2 @1699999999011"], sink.Stored);
        Assert.Equal(1, sink.Requests);
    }

    [Fact]
    public async Task A_poison_message_among_a_thousand_delays_no_other()
    {
        var sink = new ScriptedSink(_ => SinkResult.Delivered);
        var messages = Enumerable.Range(0, 1000).Select(i => Text($"{i}", i == 500 ? "poison" : $"m{{i=\"{i}\"}} {i} 1\n")).ToList();

        var outcome = await Handler(sink).HandleAsync(messages, Cancelled);

        Assert.Equal(999, outcome.Delivered.Count);
        Assert.Equal(999, sink.Stored.Count);
        var letter = Assert.Single(outcome.DeadLetters);
        Assert.Equal(("500", RejectCode.TextInvalid), (letter.Message.Id, letter.Reason.Code));
        Assert.Empty(outcome.Failed);
    }

    [Fact]
    public async Task Two_values_with_one_timestamp_never_go_in_one_request()
    {
        var stored = new HashSet<string>();
        var sink = new ScriptedSink(lines =>
        {
            Assert.Equal(lines.Count, lines.Select(Place).Distinct().Count());
            return lines.Any(line => stored.Contains(Place(line))) ? SinkResult.Rejected("duplicate sample for timestamp") : Store(lines);
        });

        var outcome = await Handler(sink).HandleAsync([Text("a", "x 1 10\nx 2 10\n"), Text("b", "x 3 10\ny 4 11\n"), Text("c", "x 1 10\n")], Cancelled);

        Assert.Equal(["a", "b"], outcome.DeadLetters.Select(letter => letter.Message.Id).Order(StringComparer.Ordinal));
        Assert.Equal(["c"], outcome.Delivered.Select(message => message.Id));
        Assert.Equal(["x 1 @1699999999010", "y 4 @1699999999011"], sink.Stored.Order(StringComparer.Ordinal));

        SinkResult Store(IEnumerable<string> lines)
        {
            stored.UnionWith(lines.Select(Place));
            return SinkResult.Delivered;
        }

        static string Place(string line) => line.Split(' ')[0] + line.Split(' ')[2];
    }

    [Fact]
    public async Task What_is_too_old_for_the_target_is_a_dead_letter_without_asking_it()
    {
        var sink = new ScriptedSink(_ => SinkResult.Delivered) { MaxSampleAge = TimeSpan.FromHours(1) };
        var old = SentMs - 3_600_001;

        var outcome = await Handler(sink).HandleAsync(
            [Raw("a", "x 1\n"), Raw("b", $"y{{i=\"0\"}} 2 {old}\ny{{i=\"1\"}} 3 {old}\nz 4\n")], Cancelled);

        var letter = Assert.Single(outcome.DeadLetters);
        Assert.Equal(("b", RejectCode.TimestampTooOld), (letter.Message.Id, letter.Reason.Code));
        Assert.Equal(
            $"too old for the target, which takes samples for 3600s: y{{i=\"0\"}} @{old} and 1 more samples; its other samples were delivered",
            letter.Reason.Detail);
        Assert.Equal(["x 1 @1700000000000", "z 4 @1700000000000"], sink.Stored);
        Assert.Equal(["a"], outcome.Delivered.Select(message => message.Id));
    }

    [Fact]
    public async Task What_becomes_too_old_while_the_target_is_away_is_a_dead_letter_and_what_does_not_is_delivered()
    {
        var away = true;
        var sink = new ScriptedSink(_ => away ? SinkResult.Retry("away") : SinkResult.Delivered) { MaxSampleAge = TimeSpan.FromHours(1) };
        var handling = Handler(sink).HandleAsync([Raw("a", $"x 1 {SentMs - 3_590_000}\n"), Raw("b", "y 2\n")], Cancelled).AsTask();
        await Poll.UntilAsync(() => sink.Requests > 0, "a request", TimeSpan.FromSeconds(30), Cancelled);
        _time.Advance(TimeSpan.FromSeconds(11));
        away = false;
        await Poll.UntilAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return handling.IsCompleted;
            },
            "the end of the batch",
            TimeSpan.FromSeconds(30),
            Cancelled);

        var outcome = await handling;
        Assert.Equal("a", Assert.Single(outcome.DeadLetters).Message.Id);
        Assert.Equal(["b"], outcome.Delivered.Select(message => message.Id));
        Assert.Equal(["y 2 @1700000000000"], sink.Stored);
    }

    [Fact]
    public async Task Only_the_message_whose_sample_is_refused_is_dead_lettered_and_its_other_samples_are_delivered()
    {
        var sink = new ScriptedSink(lines => lines.Any(line => line.StartsWith("bad", StringComparison.Ordinal))
            ? SinkResult.Rejected("HTTP 400: bad sample")
            : SinkResult.Delivered);
        var messages = Enumerable.Range(0, 100).Select(i => Text($"{i}", i == 42 ? "good 1 1\nbad 2 1\n" : $"m{i} 1 1\n")).ToList();

        var outcome = await Handler(sink).HandleAsync(messages, Cancelled);

        var letter = Assert.Single(outcome.DeadLetters);
        Assert.Equal("42", letter.Message.Id);
        Assert.Equal(new PushError(RejectCode.SinkRejected, $"HTTP 400: bad sample; refused: bad @{SentMs - 999}"), letter.Reason);
        Assert.Equal(99, outcome.Delivered.Count);
        Assert.Equal(100, sink.Stored.Count);
        Assert.InRange(sink.Requests, 2, 20);
    }

    [Fact]
    public async Task In_a_flood_of_refusals_no_message_is_blamed_for_another()
    {
        var alone = new HashSet<string>();
        var sink = new ScriptedSink(lines =>
        {
            if (!lines.Any(line => line.StartsWith("bad", StringComparison.Ordinal)))
            {
                return SinkResult.Delivered;
            }

            alone.UnionWith(lines.Count == 1 ? lines : []);
            return SinkResult.Rejected("no");
        });
        var messages = Enumerable.Range(0, 1000).Select(i => Text($"{i}", i % 2 == 0 ? $"good{i} 1 1\n" : $"bad{i} 1 1\n")).ToList();

        var outcome = await Handler(sink).HandleAsync(messages, Cancelled);

        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{2 * i}"), outcome.Delivered.Select(message => message.Id).OrderBy(int.Parse));
        Assert.All(outcome.DeadLetters, letter => Assert.Contains($"bad{letter.Message.Id} 1 @{SentMs - 999}", alone));
        Assert.Equal(500, outcome.DeadLetters.Count);
        Assert.InRange(sink.Requests, 1000, 2500);
    }

    [Fact]
    public async Task Of_a_message_that_is_all_bad_a_few_samples_are_tried()
    {
        var sink = new ScriptedSink(_ => SinkResult.Rejected("no"));
        var text = string.Concat(Enumerable.Range(0, 600).Select(i => $"m{i} 1 1\n"));

        var outcome = await Handler(sink).HandleAsync([Text("a", text)], Cancelled);

        var reason = Assert.Single(outcome.DeadLetters).Reason.Detail;
        Assert.StartsWith($"no; refused: m0 @{SentMs - 999}, ", reason, StringComparison.Ordinal);
        Assert.EndsWith("; 592 more samples were not tried", reason, StringComparison.Ordinal);
        Assert.InRange(sink.Requests, 8, 20);
    }

    [Fact]
    public async Task Out_of_order_counts_as_stored_for_a_message_that_came_before_and_for_no_other()
    {
        var sink = new ScriptedSink(lines => lines.Any(line => line.StartsWith("x ", StringComparison.Ordinal))
            ? SinkResult.Rejected("out of order sample", isOutOfOrder: true)
            : SinkResult.Delivered);
        var again = Text("again", "x 1 10\ny 1 10\n");

        var outcome = await Handler(sink).HandleAsync(
            [new ReceivedMessage(again.Id, again.Message, again.SentMs) { IsRedelivered = true }, Text("new", "x 2 11\nz 1 10\n")], Cancelled);

        Assert.Equal(["again"], outcome.Delivered.Select(message => message.Id));
        Assert.Equal(["new"], outcome.DeadLetters.Select(letter => letter.Message.Id));
        Assert.Equal(2, sink.Stored.Count);
    }

    [Fact]
    public async Task A_copy_of_what_was_delivered_is_done_and_a_copy_of_anything_else_is_tried()
    {
        const string id = "2e1424d4-f796-459a-8184-9c92662be6da";
        const string other = "2e1424d4-f796-459a-8184-9c92662be6db";
        var sink = new ScriptedSink(lines =>
            lines.Any(line => line.StartsWith("y ", StringComparison.Ordinal)) ? SinkResult.Rejected("no") : SinkResult.Delivered);
        var handler = Handler(sink);
        await handler.HandleAsync([Text(id, "x 1 10\n"), Text(other, "y 1 10\n")], Cancelled);
        var requests = sink.Requests;

        _time.Advance(TimeSpan.FromMinutes(9));
        var outcome = await handler.HandleAsync([Text(id, "x 1 10\n"), Text("x", "x 2 11\n")], Cancelled);
        Assert.Equal([id, "x"], outcome.Delivered.Select(message => message.Id));
        Assert.Equal(requests + 1, sink.Requests);

        Assert.Single((await handler.HandleAsync([Text(other, "y 1 10\n")], Cancelled)).DeadLetters);
        _time.Advance(TimeSpan.FromMinutes(2));
        await handler.HandleAsync([Text("x", "x 3 12\n")], Cancelled);
        requests = sink.Requests;
        Assert.Single((await handler.HandleAsync([Text(id, "x 1 10\n")], Cancelled)).Delivered);
        Assert.Equal(requests + 1, sink.Requests);
    }

    [Fact]
    public async Task A_sample_on_which_the_target_fails_keeps_only_its_own_message()
    {
        var sink = new ScriptedSink(lines => lines.Any(line => line.StartsWith("x ", StringComparison.Ordinal))
            ? SinkResult.Retry("HTTP 500", reachedTarget: true)
            : SinkResult.Delivered);
        var messages = Enumerable.Range(0, 100).Select(i => Text($"{i}", i == 42 ? "x 1 1\n" : $"m{i} 1 1\n")).ToList();
        var handling = Handler(sink).HandleAsync(messages, Cancelled).AsTask();
        while (!handling.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var outcome = await handling;
        Assert.Equal(["42"], outcome.Failed.Select(message => message.Id));
        Assert.Equal("HTTP 500", outcome.FailureReason);
        Assert.Equal(99, sink.Stored.Count);
    }

    [Fact]
    public async Task A_sink_that_comes_back_gets_everything_once()
    {
        var down = 5;
        var sink = new ScriptedSink(_ => down-- > 0 ? SinkResult.Retry("HTTP 503") : SinkResult.Delivered);
        var handling = Handler(sink).HandleAsync([Text("a", "x 1 10\n")], Cancelled).AsTask();
        while (!handling.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        var outcome = await handling;
        Assert.Single(outcome.Delivered);
        Assert.Null(outcome.FailureReason);
        Assert.Single(sink.Stored);
    }

    [Fact]
    public async Task At_the_deadline_what_was_delivered_stays_delivered_and_the_rest_is_failed()
    {
        using var deadline = new CancellationTokenSource();
        var sink = new ScriptedSink(lines =>
        {
            if (!lines.Any(line => line.StartsWith('b')))
            {
                return SinkResult.Delivered;
            }

            deadline.Cancel();
            return SinkResult.Retry("HTTP 500");
        })
        {
            MaxSamples = 1,
        };

        var outcome = await Handler(sink).HandleAsync([Text("1", "a 1 1\n"), Text("2", "b 1 1\n"), Text("3", "c 1 1\n")], deadline.Token);

        Assert.Equal(["1"], outcome.Delivered.Select(m => m.Id));
        Assert.Equal(["2", "3"], outcome.Failed.Select(m => m.Id));
        Assert.Equal("HTTP 500", outcome.FailureReason);
    }

    [Fact]
    public async Task Samples_are_sorted_by_time_and_exact_duplicates_are_sent_once()
    {
        var sink = new ScriptedSink(_ => SinkResult.Delivered);

        var outcome = await Handler(sink).HandleAsync(
            [Text("1", "x 3 30\ny 1 1\n"), Text("2", "x 1 10\n"), Text("3", "x 3 30\nx 2 20\n")], Cancelled);

        Assert.Equal(3, outcome.Delivered.Count);
        Assert.Equal(["x 1 @1699999999010", "x 2 @1699999999020", "x 3 @1699999999030", "y 1 @1699999999001"], sink.Stored);
    }

    [Fact]
    public async Task Of_two_pushes_in_one_millisecond_the_later_is_the_value()
    {
        var sink = new ScriptedSink(_ => SinkResult.Delivered);
        var later = (MessageAttribute.Time, $"{(SentMs * 1_000_000) + 500}");

        var outcome = await Handler(sink).HandleAsync([Raw("2", "x 2\n", later), Raw("1", "x 1\n")], Cancelled);

        Assert.Equal(2, outcome.Delivered.Count);
        Assert.Equal([$"x 2 @{SentMs}"], sink.Stored);
    }

    [Fact]
    public async Task Equal_histograms_are_sent_once_and_of_two_in_one_millisecond_the_later()
    {
        var sink = new ScriptedSink(_ => SinkResult.Delivered);

        var outcome = await Handler(sink).HandleAsync([Histogram("3", 3, 500), Histogram("1", 2, 0), Histogram("2", 2, 0)], Cancelled);

        Assert.Equal(3, outcome.Delivered.Count);
        Assert.Equal([$"h 08033003 @{SentMs}"], sink.Stored);
    }

    [Fact]
    public async Task Two_values_that_senders_gave_for_one_time_both_go_to_the_sink()
    {
        var sink = new ScriptedSink(lines => lines.Count > 1 ? SinkResult.Rejected("duplicate sample for timestamp") : SinkResult.Delivered);

        await Handler(sink).HandleAsync([Text("1", "x 1 10\n"), Text("2", "x 2 10\n")], Cancelled);

        Assert.Equal(2, sink.Stored.Count);
    }

    [Fact]
    public async Task A_series_that_a_push_ends_gets_a_stale_marker_until_the_sink_has_it()
    {
        var answers = new Queue<SinkResult>([SinkResult.Delivered]);
        using var deadline = new CancellationTokenSource();
        var sink = new ScriptedSink(_ =>
        {
            if (answers.TryDequeue(out var answer))
            {
                return answer;
            }

            deadline.Cancel();
            return SinkResult.Retry("HTTP 503");
        });
        var groups = new MemoryGroupStore(GroupStoreOptions.Default, _time);
        var handler = new BatchHandler(sink, groups, PushLimits.Default, new DeliveryOptions(), _time);
        await handler.HandleAsync([BatchedPush("1", "replace", "x 1\n", SentMs)], Cancelled);
        ReceivedMessage[] delete = [BatchedPush("2", "delete", "-", SentMs + 1000)];

        Assert.Single((await handler.HandleAsync(delete, deadline.Token)).Failed);
        answers.Enqueue(SinkResult.Delivered);
        Assert.Single((await handler.HandleAsync(delete, Cancelled)).Delivered);
        var requests = sink.Requests;
        Assert.Single((await handler.HandleAsync(delete, Cancelled)).Delivered);

        Assert.Equal(
            [$"x 1 @{SentMs}", $"push_time_seconds {SentMs / 1000} @{SentMs}", $"x NaN @{SentMs + 999}", $"push_time_seconds NaN @{SentMs + 999}"], sink.Stored);
        Assert.Equal(requests, sink.Requests);
    }

    [Fact]
    public async Task A_replace_whose_samples_are_refused_ends_what_it_has_replaced()
    {
        var sink = new ScriptedSink(lines => lines.Any(line => line.StartsWith("bad", StringComparison.Ordinal)) ? SinkResult.Rejected("no") : SinkResult.Delivered);
        var groups = new MemoryGroupStore(GroupStoreOptions.Default, _time);
        var handler = new BatchHandler(sink, groups, PushLimits.Default, new DeliveryOptions(), _time);
        await handler.HandleAsync([BatchedPush("1", "replace", "old 1\n", SentMs)], Cancelled);
        var bad = string.Concat(Enumerable.Range(0, 20).Select(i => $"bad{i} 1\n"));

        var outcome = await handler.HandleAsync([BatchedPush("2", "replace", bad, SentMs + 1000)], Cancelled);

        Assert.Single(outcome.DeadLetters);
        Assert.Contains($"old NaN @{SentMs + 999}", sink.Stored);
    }

    [Fact]
    public async Task A_push_that_the_group_store_cannot_apply_stays_on_the_queue_alone()
    {
        var sink = new ScriptedSink(_ => SinkResult.Delivered);
        var groups = new ScriptedGroups(new MemoryGroupStore(GroupStoreOptions.Default, _time))
        {
            Failure = header => header.Group?.Path == "job/out" ? "the store is out of reach" : null,
        };
        var handler = new BatchHandler(sink, groups, PushLimits.Default, new DeliveryOptions(), _time);

        var outcome = await handler.HandleAsync(
            [BatchedPush("1", "replace", "x 1\n", SentMs, "job/out"), BatchedPush("2", "replace", "y 1\n", SentMs), Text("3", "z 1 10\n"), Text("4", "poison")],
            Cancelled);

        Assert.Equal(["1"], outcome.Failed.Select(message => message.Id));
        Assert.Equal("the store is out of reach", outcome.FailureReason);
        Assert.Equal(["2", "3"], outcome.Delivered.Select(message => message.Id));
        Assert.Equal("4", Assert.Single(outcome.DeadLetters).Message.Id);
        Assert.DoesNotContain(sink.Stored, line => line.StartsWith("x ", StringComparison.Ordinal));

        groups.Failure = _ => null;
        Assert.Single((await handler.HandleAsync(outcome.Failed, Cancelled)).Delivered);
        Assert.Contains($"x 1 @{SentMs}", sink.Stored);
    }

    [Fact]
    public async Task A_newer_sample_waits_for_one_that_the_group_store_could_not_apply()
    {
        var sink = new ScriptedSink(_ => SinkResult.Delivered);
        var groups = new ScriptedGroups(new MemoryGroupStore(GroupStoreOptions.Default, _time))
        {
            Failure = header => header.PushTimeNs == SentMs * 1_000_000 ? "the store is out of reach" : null,
        };
        var handler = new BatchHandler(sink, groups, PushLimits.Default, new DeliveryOptions(), _time);

        var outcome = await handler.HandleAsync([BatchedPush("1", "merge", "x 1\n", SentMs), BatchedPush("2", "merge", "x 2\n", SentMs + 1)], Cancelled);

        Assert.Equal(["1", "2"], outcome.Failed.Select(message => message.Id));
        Assert.Empty(sink.Stored);
    }

    [Fact]
    public async Task Without_a_sink_a_push_that_could_not_be_applied_is_settled_by_the_next_try()
    {
        var groups = new ScriptedGroups(new MemoryGroupStore(GroupStoreOptions.Default, _time)) { Failure = _ => "the store is out of reach" };
        var handler = new BatchHandler(sink: null, groups, PushLimits.Default, new DeliveryOptions(), _time);
        ReceivedMessage[] messages = [BatchedPush("1", "merge", "x 1\n", SentMs)];
        var held = new HeldMessages(_time);
        await handler.DeliverAsync(await handler.OpenAsync(messages, new BatchOutcome(messages), wereApplied: false, Cancelled), held, Cancelled);
        Assert.False(held.IsEmpty);

        groups.Failure = _ => null;
        _time.Advance(TimeSpan.FromSeconds(1));
        var outcome = new BatchOutcome([]);
        await handler.WorkAsync(held, outcome, Cancelled).AsTask().WaitAsync(Poll.DefaultDeadline, Cancelled);

        Assert.Equal(["1"], outcome.Delivered.Select(message => message.Id));
        Assert.True(held.IsEmpty);
    }

    [Fact]
    public async Task A_push_whose_stale_markers_cannot_be_confirmed_stays_on_the_queue()
    {
        var sink = new ScriptedSink(_ => SinkResult.Delivered);
        var groups = new ScriptedGroups(new MemoryGroupStore(GroupStoreOptions.Default, _time)) { ConfirmFailure = "the store is out of reach" };
        var handler = new BatchHandler(sink, groups, PushLimits.Default, new DeliveryOptions(), _time);
        await handler.HandleAsync([BatchedPush("1", "replace", "x 1\n", SentMs)], Cancelled);
        ReceivedMessage[] batch = [BatchedPush("2", "delete", "-", SentMs + 1000), Text("3", "z 1 10\n")];

        var outcome = await handler.HandleAsync(batch, Cancelled);

        Assert.Equal(["2"], outcome.Failed.Select(message => message.Id));
        Assert.Equal("the store is out of reach", outcome.FailureReason);
        Assert.Equal(["3"], outcome.Delivered.Select(message => message.Id));

        groups.ConfirmFailure = null;
        Assert.Single((await handler.HandleAsync(outcome.Failed, Cancelled)).Delivered);
        Assert.Equal(2, sink.Stored.Count(line => line == $"x NaN @{SentMs + 999}"));
        var requests = sink.Requests;
        await handler.HandleAsync([batch[0]], Cancelled);
        Assert.Equal(requests, sink.Requests);
    }

    [Fact]
    public async Task A_push_on_which_the_group_store_breaks_stays_on_the_queue_and_the_second_time_is_a_dead_letter()
    {
        var sink = new ScriptedSink(_ => SinkResult.Delivered);
        var groups = new ScriptedGroups(new MemoryGroupStore(GroupStoreOptions.Default, _time))
        {
            Failure = header => header.Group?.Path == "job/broken" ? throw new InvalidOperationException("a bug") : null,
        };
        var handler = new BatchHandler(sink, groups, PushLimits.Default, new DeliveryOptions(), _time);
        var broken = BatchedPush("1", "replace", "x 1\n", SentMs, "job/broken");

        var outcome = await handler.HandleAsync([broken, BatchedPush("2", "replace", "y 1\n", SentMs)], Cancelled);

        Assert.Equal(["2"], outcome.Delivered.Select(message => message.Id));
        Assert.Equal(["1"], outcome.Failed.Select(message => message.Id));
        Assert.Equal("a bug", outcome.FailureReason);

        outcome = await handler.HandleAsync([new ReceivedMessage("1", broken.Message, SentMs) { IsRedelivered = true }], Cancelled);
        Assert.Equal(
            new PushError(RejectCode.InternalError, "the gateway failed on this message: a bug"), Assert.Single(outcome.DeadLetters).Reason);
    }

    private BatchHandler Handler(IMetricSink sink, DeliveryOptions? options = null) =>
        new(sink, groups: null, PushLimits.Default, options ?? new DeliveryOptions(), _time);

    private static ReceivedMessage BatchedPush(string id, string operation, string text, long timeMs, string group = "job/j")
    {
        var push = Raw(
            id,
            text,
            (MessageAttribute.Group, group),
            (MessageAttribute.Operation, operation),
            (MessageAttribute.Time, $"{timeMs * 1_000_000}"));
        return new ReceivedMessage(id, push.Message, timeMs);
    }

    // Timestamps in the text count from a second before the message was sent.
    private static ReceivedMessage Text(string id, string text) => Raw(id, string.Join('\n', text.Split('\n').Select(Shift)));

    private static ReceivedMessage Raw(string id, string text, params (string Name, string Value)[] attributes) => new(
        id,
        new QueueMessage(
            Encoding.UTF8.GetBytes(text),
            new Dictionary<string, string>(attributes.Select(a => KeyValuePair.Create(a.Name, a.Value))) { [MessageAttribute.ContentType] = "text/plain" }),
        SentMs);

    // io.prometheus.client: h, a histogram that has all its observations in the zero bucket.
    private static ReceivedMessage Histogram(string id, byte count, int nanoseconds)
    {
        byte[] family = [0x0D, 0x0A, 0x01, (byte)'h', 0x18, 0x04, 0x22, 0x06, 0x3A, 0x04, 0x08, count, 0x38, count];
        return new(
            id,
            new QueueMessage(family, new Dictionary<string, string>
            {
                [MessageAttribute.ContentType] = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited",
                [MessageAttribute.Time] = $"{(SentMs * 1_000_000) + nanoseconds}",
            }),
            SentMs);
    }

    private static string Shift(string line) => line.Split(' ') is [var name, var value, var time] ? $"{name} {value} {SentMs - 1000 + long.Parse(time)}" : line;
}
