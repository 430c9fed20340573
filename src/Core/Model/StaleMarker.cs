namespace PushGateway.Model;

/// <summary>Prometheus' staleness marker, a signalling NaN (<c>model/value/value.go</c>, StaleNaN).</summary>
public static class StaleMarker
{
    private const ulong Bits = 0x7FF0_0000_0000_0002;

    /// <summary>The marker. Compare with <see cref="Is"/>, because NaN equals nothing.</summary>
    public static double Value => BitConverter.UInt64BitsToDouble(Bits);

    /// <summary>Whether <paramref name="value"/> is the marker, bit for bit.</summary>
    public static bool Is(double value) => BitConverter.DoubleToUInt64Bits(value) == Bits;
}
