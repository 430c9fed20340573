using System.Runtime.InteropServices;
using PushGateway.Model;
using PushGateway.Push;

namespace PushGateway.Formats.Json;

/// <summary>A group that records of a body name, and its run in the batch that they are read into.</summary>
public sealed class NamedGroup
{
    private readonly List<RecordPlace> _records = [];

    internal NamedGroup(GroupingKey key) => Key = key;

    /// <summary>The group.</summary>
    public GroupingKey Key { get; }

    /// <summary>Where its families and series begin in the batch.</summary>
    public BatchMark Start { get; private set; }

    /// <summary>Where they end.</summary>
    public BatchMark End { get; private set; }

    /// <summary>Its records, in the order of the body.</summary>
    internal Span<RecordPlace> Records => CollectionsMarshal.AsSpan(_records);

    internal void Add(RecordPlace place) => _records.Add(place);

    internal void BeginIn(MetricBatch batch) => Start = batch.BeginGroup(Key.LabelsIn(batch.Symbols));

    internal void EndIn(MetricBatch batch) => End = batch.Mark;

    /// <summary>Index in the body of the record that a series of the batch came from.</summary>
    internal int RecordOf(int series)
    {
        var record = Records[0].Record;
        foreach (ref readonly var place in Records)
        {
            record = place.FirstSeries <= series ? place.Record : record;
        }

        return record;
    }
}
