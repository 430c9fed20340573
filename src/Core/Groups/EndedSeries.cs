using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Groups;

/// <summary>A series that its group no longer has, and of whose end the sink is yet to hear.</summary>
/// <param name="Key">A <see cref="SeriesKey"/>.</param>
/// <param name="MarkerMs">Time of its stale marker, milliseconds since the Unix epoch: later than every sample of it that the store has seen.</param>
/// <param name="PushTimeNs">The push whose delivery brings the marker along.</param>
internal readonly record struct EndedSeries(byte[] Key, long MarkerMs, long PushTimeNs)
{
    public bool Equals(EndedSeries other) =>
        (PushTimeNs, MarkerMs) == (other.PushTimeNs, other.MarkerMs) && ByteArrayComparer.Instance.Equals(Key, other.Key);

    public override int GetHashCode() => HashCode.Combine(PushTimeNs, MarkerMs, ByteArrayComparer.Instance.GetHashCode(Key));
}
