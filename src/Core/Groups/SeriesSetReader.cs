using PushGateway.Model;
using PushGateway.Wire;

namespace PushGateway.Groups;

/// <summary>Walks the entries of a <see cref="SeriesSet"/>.</summary>
internal ref struct SeriesSetReader(ReadOnlySpan<byte> bytes)
{
    private readonly int _length = bytes.Length;
    private BlobReader _reader = new(bytes);

    /// <summary>Where the entry after the current one begins.</summary>
    public readonly int Position => _length - _reader.Rest.Length;

    public ReadOnlySpan<byte> Key { get; private set; }

    public HeldSample Held { get; private set; }

    /// <summary>The sample held, without its histogram.</summary>
    public readonly Sample Sample => Held.Sample;

    public bool MoveNext()
    {
        if (_reader.AtEnd)
        {
            return false;
        }

        Key = _reader.ReadBytes();
        Held = SeriesSet.ReadSample(ref _reader);
        return true;
    }
}
