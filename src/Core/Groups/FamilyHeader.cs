using PushGateway.Exposition;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Wire;

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

    /// <summary>Whether the family is one of the times of pushes, which are the gateway's own.</summary>
    public static bool IsPushTime(ReadOnlySpan<byte> header)
    {
        var name = Name(header);
        return name.SequenceEqual(PushTimes.Success) || name.SequenceEqual(PushTimes.Failure);
    }

    /// <summary>The family.</summary>
    public static HeldFamily Read(ReadOnlySpan<byte> header, long pushTimeNs)
    {
        var reader = new BlobReader(header);
        var type = (MetricType)reader.ReadByte();
        return type <= MetricType.StateSet
            ? new HeldFamily(type, reader.ReadBytes(), reader.ReadBytes(), reader.ReadBytes(), pushTimeNs)
            : throw new InvalidDataException("unknown type in stored state");
    }

    /// <summary>Adds the family to a batch and returns its index.</summary>
    public static int AddTo(MetricBatch destination, ReadOnlySpan<byte> header)
    {
        var family = Read(header, pushTimeNs: 0);
        var symbols = destination.Symbols;
        return destination.AddFamily(symbols.Intern(family.Name), family.Type, symbols.Intern(family.Help), symbols.Intern(family.Unit));
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
