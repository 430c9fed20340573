using PushGateway.Model;

namespace PushGateway.Groups;

/// <summary>Walks the entries of a <see cref="SeriesSet"/>.</summary>
internal ref struct SeriesSetReader(ReadOnlySpan<byte> bytes)
{
    private BlobReader _reader = new(bytes);

    public ReadOnlySpan<byte> Key { get; private set; }

    public Sample Sample { get; private set; }

    public bool MoveNext()
    {
        if (_reader.AtEnd)
        {
            return false;
        }

        Key = _reader.ReadBytes();
        Sample = SeriesSet.ReadSample(ref _reader);
        return true;
    }
}
