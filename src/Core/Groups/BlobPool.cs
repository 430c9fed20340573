using PushGateway.Wire;

namespace PushGateway.Groups;

/// <summary>
/// Shares equal blobs: a hundred thousand groups push the same few families. Blobs already handed out stay as they are
/// when the pool forgets them, so forgetting costs only sharing. Thread-safe.
/// </summary>
internal sealed class BlobPool
{
    private const int MaxBlobs = 8192;

    private readonly Lock _lock = new();
    private readonly HashSet<byte[]> _blobs = new(ByteArrayComparer.Instance);
    private readonly HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    public BlobPool() => _lookup = _blobs.GetAlternateLookup<ReadOnlySpan<byte>>();

    public byte[] Intern(ReadOnlySpan<byte> bytes)
    {
        lock (_lock)
        {
            if (_lookup.TryGetValue(bytes, out var known))
            {
                return known;
            }

            if (_blobs.Count == MaxBlobs)
            {
                _blobs.Clear();
            }

            var added = bytes.ToArray();
            _blobs.Add(added);
            return added;
        }
    }
}
