using PushGateway.Model;

namespace PushGateway.Groups;

/// <summary>A family's name, type, help and unit as one blob.</summary>
internal static class FamilyHeader
{
    public static void Write(BlobWriter writer, MetricBatch batch, in MetricFamily family) =>
        Write(writer, family.Type, batch.Symbols[family.Name], batch.Symbols[family.Help], batch.Symbols[family.Unit]);

    /// <summary>The family's name, by which families are ordered.</summary>
    public static ReadOnlySpan<byte> Name(ReadOnlySpan<byte> header)
    {
        var reader = new BlobReader(header);
        reader.ReadByte();
        return reader.ReadBytes();
    }

    /// <summary>Adds the family to a batch and returns its index.</summary>
    public static int AddTo(MetricBatch destination, ReadOnlySpan<byte> header)
    {
        var reader = new BlobReader(header);
        var type = (MetricType)reader.ReadByte();
        if (type > MetricType.StateSet)
        {
            throw new InvalidDataException("unknown type in stored state");
        }

        var name = destination.Symbols.Intern(reader.ReadBytes());
        var help = destination.Symbols.Intern(reader.ReadBytes());
        var unit = destination.Symbols.Intern(reader.ReadBytes());
        return destination.AddFamily(name, type, help, unit);
    }

    /// <summary>What two headers of one push time come to, whichever came first. Those of the parts of one push agree anyway.</summary>
    public static byte[] Join(byte[] a, byte[] b, BlobWriter scratch, BlobPool pool)
    {
        if (a == b || a.AsSpan().SequenceEqual(b))
        {
            return a;
        }

        var left = new BlobReader(a);
        var right = new BlobReader(b);
        var type = Math.Max(left.ReadByte(), right.ReadByte());
        var name = left.ReadBytes();
        if (!name.SequenceEqual(right.ReadBytes()))
        {
            return a.AsSpan().SequenceCompareTo(b) > 0 ? a : b;
        }

        scratch.Clear();
        Write(scratch, (MetricType)type, name, Greater(left.ReadBytes(), right.ReadBytes()), Greater(left.ReadBytes(), right.ReadBytes()));
        return scratch.Written.SequenceEqual(a) ? a : pool.Intern(scratch.Written);
    }

    private static ReadOnlySpan<byte> Greater(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => a.SequenceCompareTo(b) >= 0 ? a : b;

    private static void Write(BlobWriter writer, MetricType type, ReadOnlySpan<byte> name, ReadOnlySpan<byte> help, ReadOnlySpan<byte> unit)
    {
        writer.WriteByte((byte)type);
        writer.WriteBytes(name);
        writer.WriteBytes(help);
        writer.WriteBytes(unit);
    }
}
