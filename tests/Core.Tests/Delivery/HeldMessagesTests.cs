using Microsoft.Extensions.Time.Testing;
using PushGateway.Delivery;
using PushGateway.Queue;
using Xunit;

namespace PushGateway.Core.Tests.Delivery;

/// <summary>Which of the messages that have left the fast lane are tried next.</summary>
public sealed class HeldMessagesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly HeldMessages _held;

    public HeldMessagesTests() => _held = new HeldMessages(_time);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Of_nothing_nothing_is_chosen()
    {
        Assert.Equal(("", null), Choose());
        Assert.True(_held.IsEmpty);
    }

    [Fact]
    public void Messages_that_are_not_suspect_are_tried_together_in_their_order_though_they_share_a_series()
    {
        Add(Message("a", 1), Message("b", 1), Message("c", 2));

        Assert.Equal("a b c", Chosen());
    }

    [Fact]
    public void A_suspect_is_tried_alone_and_first()
    {
        Add(Message("a", 1), Suspect("b", 2), Suspect("c", 3), Message("d", 4));

        Assert.Equal("b", Chosen());
    }

    [Fact]
    public void A_request_for_a_suspect_is_followed_by_three_for_the_others()
    {
        Add(Suspect("a", 1), Message("b", 2));
        var order = new List<string>();
        for (var request = 0; request < 9; request++)
        {
            var chosen = Chosen();
            order.Add(chosen);
            _held.Spent(1, onSuspect: chosen == "a");
        }

        Assert.Equal("a b b b a b b b a", string.Join(' ', order));
    }

    [Fact]
    public void What_others_had_before_does_not_count_against_them()
    {
        Add(Suspect("a", 1), Message("b", 2));
        _held.Spent(100, onSuspect: false);
        _held.Spent(1, onSuspect: true);

        Assert.Equal("b", Chosen());
    }

    [Fact]
    public void A_suspect_is_tried_out_of_turn_when_there_is_nothing_else()
    {
        Add(Suspect("a", 1));
        _held.Spent(10, onSuspect: true);

        Assert.Equal("a", Chosen());
    }

    [Fact]
    public void What_shares_a_series_with_an_older_suspect_waits_and_so_does_what_is_behind_it()
    {
        Add(Suspect("a", 1), Message("b", 1, 2), Message("c", 2), Message("d", 3), Suspect("e", 3, 1));
        _held.Spent(1, onSuspect: true);
        Assert.Equal("d", Chosen());

        _held.Spent(3, onSuspect: false);
        Assert.Equal("a", Chosen());
    }

    [Fact]
    public void A_suspect_behind_an_older_one_that_waits_for_its_time_is_passed_over()
    {
        var first = Suspect("a", 1);
        first.NotBefore = InSeconds(1);
        Add(first, Suspect("b", 1), Suspect("c", 2));

        Assert.Equal("c", Chosen());
    }

    [Fact]
    public void What_waits_for_its_time_holds_back_its_own_series_only_and_the_soonest_is_told()
    {
        var (later, sooner) = (Message("a", 1), Message("b", 2));
        (later.NotBefore, sooner.NotBefore) = (InSeconds(10), InSeconds(5));
        Add(later, sooner, Message("c", 2), Message("d", 3));

        Assert.Equal(("d", "b"), Choose());

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(("b c d", "a"), Choose());

        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(("a b c d", null), Choose());
    }

    [Fact]
    public void The_soonest_is_told_whichever_is_older()
    {
        var (sooner, later) = (Message("a", 1), Message("b", 2));
        (sooner.NotBefore, later.NotBefore) = (InSeconds(5), InSeconds(10));
        Add(sooner, later);

        Assert.Equal(("", "a"), Choose());
    }

    [Fact]
    public void A_message_has_no_more_company_than_it_may_have_and_neither_have_those_before_it()
    {
        var messages = new[] { Message("a", 1), Message("b", 2), Message("c", 3), Message("d", 4) };
        Add(messages);
        messages[0].Company = 3;
        Assert.Equal("a b c", Chosen());

        messages[1].Company = 1;
        Assert.Equal("a", Chosen());

        messages[0].Company = 1;
        Assert.Equal("a", Chosen());

        _held.Remove(messages[0]);
        Assert.Equal("b", Chosen());

        _held.Remove(messages[1]);
        Assert.Equal("c d", Chosen());
    }

    [Fact]
    public void It_knows_the_series_and_the_bytes_of_what_it_holds()
    {
        var (a, b) = (Message("a", 1, 2), Message("b", 2));
        Add(a, b);
        Assert.Equal((true, true, false, 20L, false), (_held.Holds(1), _held.Holds(2), _held.Holds(3), _held.Bytes, _held.IsEmpty));

        _held.Update(a, [3]);
        Assert.Equal((false, true, true), (_held.Holds(1), _held.Holds(2), _held.Holds(3)));
        Assert.Equal([3], a.Series);

        _held.Remove(a);
        Assert.Equal((false, true, 10L), (_held.Holds(3), _held.Holds(2), _held.Bytes));

        _held.Remove(b);
        Assert.Equal((false, 0L, true), (_held.Holds(2), _held.Bytes, _held.IsEmpty));
    }

    [Fact]
    public void A_refusal_for_age_makes_suspects_of_the_messages_with_as_old_a_sample()
    {
        var (older, same, newer) = (Message("a", 1), Message("b", 2), Message("c", 3));
        (older.OldestMs, same.OldestMs, newer.OldestMs) = (99, 100, 101);
        Add(older, same, newer);

        _held.SuspectUntil(100);

        Assert.Equal((true, true, false), (older.IsSuspect, same.IsSuspect, newer.IsSuspect));
        _held.SuspectUntil(0);
        Assert.True(older.IsSuspect);
    }

    [Fact]
    public void The_messages_on_which_the_code_has_failed_are_found()
    {
        var (a, b) = (Message("a", 1), Message("b", 2));
        b.IsFault = true;
        Add(a, b);

        Assert.Equal([b], _held.Faulty());
    }

    [Fact]
    public async Task The_adding_of_messages_wakes_who_waits_and_that_of_none_does_not()
    {
        Add();
        var wait = _held.Added.WaitAsync(Timeout.InfiniteTimeSpan, Cancellation);
        Assert.False(wait.IsCompleted);

        Add(Message("a", 1));

        await wait.WaitAsync(TimeSpan.FromSeconds(30), Cancellation);
    }

    private static HeldMessage Message(string id, params int[] series) =>
        new(new ReceivedMessage(id, new QueueMessage(new byte[10], new Dictionary<string, string>()), 0)) { Series = series };

    private static HeldMessage Suspect(string id, params int[] series)
    {
        var message = Message(id, series);
        message.IsSuspect = true;
        return message;
    }

    private long InSeconds(int seconds) => _time.GetTimestamp() + (seconds * _time.TimestampFrequency);

    private void Add(params HeldMessage[] messages) => _held.Add(messages);

    private string Chosen() => Choose().Chosen;

    private (string Chosen, string? Next) Choose()
    {
        var chosen = new List<HeldMessage>();
        var next = _held.Choose(chosen);
        return (string.Join(' ', chosen.Select(static message => message.Received.Id)), next?.Received.Id);
    }
}
