using PushGateway.Model;

namespace PushGateway.Exposition;

/// <summary>All families of one name in a <see cref="FamilyCatalog"/>.</summary>
internal sealed class CatalogFamily(byte[] name, MetricType type, byte[] unit)
{
    private readonly int _stemLength = FamilyStem.Of(name).Length;

    /// <summary>Their name.</summary>
    public byte[] Name { get; } = name;

    /// <summary>The type of the first.</summary>
    public MetricType Type { get; } = type;

    /// <summary>A type that another one has; <see cref="Type"/> when they agree.</summary>
    public MetricType OtherType { get; private set; } = type;

    /// <summary>The unit of the first.</summary>
    public byte[] Unit { get; } = unit;

    /// <summary>The first help text; empty without one.</summary>
    public byte[] Help { get; private set; } = [];

    /// <summary>The first of their series by name, floats apart from native histograms. There is one at least once a series was added.</summary>
    public CatalogSeries? Series { get; private set; }

    /// <summary>About how many bytes the series take while they are written.</summary>
    public long Bytes { get; private set; }

    /// <summary>The part of the name that it shares with all families that it may have to do with.</summary>
    public ReadOnlySpan<byte> Stem => Name.AsSpan(0, _stemLength);

    /// <summary>Takes note of a family's header.</summary>
    public void Add(MetricType familyType, byte[] help)
    {
        Help = Help.Length > 0 ? Help : help;
        OtherType = familyType != Type ? familyType : OtherType;
    }

    /// <summary>Takes note of a series.</summary>
    public void Add(ReadOnlySpan<byte> seriesName, ReadOnlySpan<byte> histogram, long bytes)
    {
        Bytes += bytes;
        CatalogSeries? last = null;
        for (var series = Series; series is not null; (last, series) = (series, series.Next))
        {
            if (series.Histogram.Length > 0 != histogram.IsEmpty && seriesName.SequenceEqual(series.Name))
            {
                series.Bytes += bytes;
                return;
            }
        }

        var added = new CatalogSeries(seriesName.SequenceEqual(Name) ? Name : seriesName.ToArray(), histogram.ToArray(), bytes);
        if (last is null)
        {
            Series = added;
        }
        else
        {
            last.Next = added;
        }
    }
}
