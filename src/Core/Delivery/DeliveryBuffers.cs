using PushGateway.Groups;
using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Delivery;

/// <summary>The memory of one batch in delivery, kept from batch to batch.</summary>
internal sealed class DeliveryBuffers
{
    private readonly DeliveryLedger _ledger = new();
    private DecodedMessage[] _decoded = [];

    public MetricBatch Batch { get; } = new();

    public Coalescer Coalescer { get; } = new();

    /// <summary>What was applied to the group store.</summary>
    public List<BatchedPush> Pushes { get; } = [];

    /// <summary>The message of each of <see cref="Pushes"/>.</summary>
    public List<int> PushOwners { get; } = [];

    /// <summary>What that has ended: the markers are the last series of the batch.</summary>
    public List<DueMarker> Markers { get; } = [];

    /// <summary>The message of each of <see cref="Markers"/>.</summary>
    public List<int> MarkerOwners { get; } = [];

    /// <summary>The messages whose pushes have ended more than is in <see cref="Markers"/>: they come again.</summary>
    public List<int> Unfinished { get; } = [];

    public DecodedMessage[] Rent(int messages)
    {
        if (_decoded.Length < messages)
        {
            _decoded = new DecodedMessage[messages];
        }

        return _decoded;
    }

    public DeliveryLedger Ledger(int messages)
    {
        _ledger.Reset(messages);
        return _ledger;
    }

    public void Reset()
    {
        Batch.Clear();
        Pushes.Clear();
        PushOwners.Clear();
        Markers.Clear();
        MarkerOwners.Clear();
        Unfinished.Clear();
        Array.Clear(_decoded);
    }
}
