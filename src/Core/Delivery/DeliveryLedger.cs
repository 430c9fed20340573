using PushGateway.Push;
using PushGateway.Sinks;

namespace PushGateway.Delivery;

/// <summary>
/// Counts, per message, the samples whose fate is open. A message is delivered when its last sample is, and dead-lettered then
/// if one of them was refused.
/// </summary>
internal sealed class DeliveryLedger
{
    private int[] _open = [];
    private PushError?[] _refused = [];
    private int _messages;

    /// <summary>Requests refused so far in this batch.</summary>
    public int Refusals { get; set; }

    public void Reset(int messages)
    {
        if (_open.Length < messages)
        {
            _open = new int[messages];
            _refused = new PushError?[messages];
        }

        Array.Clear(_open);
        Array.Clear(_refused);
        _messages = messages;
        Refusals = 0;
    }

    /// <summary>Opens the account: a message that has no sample to send is delivered.</summary>
    public void Open(ReadOnlySpan<SeriesSample> samples, BatchOutcome outcome)
    {
        foreach (ref readonly var sample in samples)
        {
            _open[sample.Owner]++;
        }

        for (var message = 0; message < _messages; message++)
        {
            if (_open[message] == 0)
            {
                outcome.Deliver(message);
            }
        }
    }

    public void Delivered(ReadOnlySpan<SeriesSample> samples, BatchOutcome outcome)
    {
        foreach (ref readonly var sample in samples)
        {
            Settle(sample.Owner, outcome);
        }
    }

    public void Rejected(ReadOnlySpan<SeriesSample> samples, PushError reason, BatchOutcome outcome)
    {
        foreach (ref readonly var sample in samples)
        {
            _refused[sample.Owner] ??= reason;
            Settle(sample.Owner, outcome);
        }
    }

    private void Settle(int message, BatchOutcome outcome)
    {
        if (--_open[message] > 0)
        {
            return;
        }

        if (_refused[message] is { } reason)
        {
            outcome.Reject(message, reason);
        }
        else
        {
            outcome.Deliver(message);
        }
    }
}
