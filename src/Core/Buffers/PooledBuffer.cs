using System.Buffers;

namespace PushGateway.Buffers;

/// <summary>
/// A growing buffer in pooled memory. Its owner must dispose it. The memory that it hands out is valid until the buffer grows or is reset
/// or disposed.
/// </summary>
public sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int MinCapacity = 4096;

    private byte[] _array = [];
    private int _written;

    /// <summary>The bytes written.</summary>
    public ReadOnlyMemory<byte> Written => _array.AsMemory(0, _written);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _array.Length - _written);
        _written += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsMemory(_written);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _array.AsSpan(_written);
    }

    /// <summary>Empties the buffer and keeps its memory.</summary>
    public void Reset() => _written = 0;

    /// <summary>Shortens the written bytes to <paramref name="length"/>.</summary>
    public void Truncate(int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)_written);
        _written = length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }

        (_array, _written) = ([], 0);
    }

    private void Reserve(int sizeHint)
    {
        if (_array.Length - _written >= Math.Max(1, sizeHint))
        {
            return;
        }

        var grown = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_written + Math.Max(1, sizeHint)), Math.Max(MinCapacity, _array.Length * 2)));
        Written.CopyTo(grown);
        if (_array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_array);
        }

        _array = grown;
    }
}
