using System.Numerics;

namespace PushGateway.Wire;

/// <summary>Memory that grows to its working size and is then used again. Not thread-safe.</summary>
internal sealed class ReusableBuffer
{
    private byte[] _bytes = [];

    /// <summary>The first <paramref name="size"/> bytes, their content undefined; valid until the next call.</summary>
    public Memory<byte> Take(int size)
    {
        if (_bytes.Length < size)
        {
            _bytes = GC.AllocateUninitializedArray<byte>((int)Math.Min(BitOperations.RoundUpToPowerOf2((uint)size), (uint)Array.MaxLength));
        }

        return _bytes.AsMemory(0, size);
    }
}
