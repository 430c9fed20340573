using System.Numerics;

namespace PushGateway.Wire;

/// <summary>Memory that grows to its working size and is then reused. Not thread-safe.</summary>
internal sealed class ReusableBuffer
{
    private const int MinBytes = 256;

    private byte[] _bytes = [];

    /// <summary>The whole memory. Valid until it grows.</summary>
    public Span<byte> Bytes => _bytes;

    /// <summary>
    /// The first <paramref name="size"/> bytes. Valid until the memory grows. When it grows here, their content is undefined.
    /// </summary>
    public Memory<byte> Take(int size)
    {
        if (_bytes.Length < size)
        {
            _bytes = Allocate(size);
        }

        return _bytes.AsMemory(0, size);
    }

    /// <summary>Grows to hold <paramref name="bytes"/> after the first <paramref name="used"/>, which are kept.</summary>
    /// <returns>The whole memory.</returns>
    public Span<byte> Grow(int used, int bytes)
    {
        var grown = Allocate(checked(used + bytes));
        _bytes.AsSpan(0, used).CopyTo(grown);
        return _bytes = grown;
    }

    /// <summary>Gives memory back that has grown beyond <see cref="ReuseLimit"/> and twice the bytes that are usual.</summary>
    public void Trim(int usualBytes = 0)
    {
        if (!ReuseLimit.Allows<byte>(_bytes.Length) && _bytes.Length > 2L * usualBytes)
        {
            _bytes = [];
        }
    }

    private static byte[] Allocate(int size) => GC.AllocateUninitializedArray<byte>(
        (int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)Math.Max(size, MinBytes)), (uint)Array.MaxLength));
}
