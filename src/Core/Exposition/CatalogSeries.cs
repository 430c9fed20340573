namespace PushGateway.Exposition;

/// <summary>The series of one name in a <see cref="CatalogFamily"/>.</summary>
internal sealed class CatalogSeries(byte[] name, byte[] histogram, long bytes)
{
    /// <summary>Their name.</summary>
    public byte[] Name { get; } = name;

    /// <summary>If they are native histograms, the bytes of one of them; otherwise empty.</summary>
    public byte[] Histogram { get; } = histogram;

    /// <summary>About how many bytes they take together while they are written.</summary>
    public long Bytes { get; set; } = bytes;

    /// <summary>The series of the next name in the family.</summary>
    public CatalogSeries? Next { get; set; }
}
