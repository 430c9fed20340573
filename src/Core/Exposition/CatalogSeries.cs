namespace PushGateway.Exposition;

/// <summary>The series of one name in a <see cref="CatalogFamily"/>.</summary>
/// <param name="name">Their name.</param>
/// <param name="histogram">If they are native histograms, the bytes of one of them; otherwise empty.</param>
/// <param name="bytes">About how many bytes the first one takes while it is written.</param>
internal sealed class CatalogSeries(byte[] name, byte[] histogram, long bytes)
{
    /// <summary>Their name.</summary>
    public byte[] Name { get; } = name;

    /// <summary>If they are native histograms, the bytes of one of them; otherwise empty.</summary>
    public byte[] Histogram { get; } = histogram;

    /// <summary>About how many bytes they take together while they are written.</summary>
    public long Bytes { get; private set; } = bytes;

    /// <summary>The series of the next name in the family.</summary>
    public CatalogSeries? Next { get; private set; }

    /// <summary>Counts one more.</summary>
    public void Add(long more) => Bytes += more;

    /// <summary>Adds a name to the family.</summary>
    public void IsFollowedBy(CatalogSeries next) => Next = next;
}
