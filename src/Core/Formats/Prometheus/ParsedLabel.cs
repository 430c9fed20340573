namespace PushGateway.Formats.Prometheus;

/// <summary>A label of the current sample line. Offsets count from the start of that line.</summary>
internal struct ParsedLabel
{
    /// <summary>Symbol of the name.</summary>
    public int Name;

    /// <summary>Symbol of the value. For a bound, the symbol of its canonical form, or 0 when it is NaN.</summary>
    public int Value;

    /// <summary>Where the name begins.</summary>
    public int NameStart;

    /// <summary>Length of the name in bytes.</summary>
    public int NameLength;

    /// <summary>Where the value begins, after its opening quote.</summary>
    public int ValueStart;

    /// <summary>Where the label ends: after the closing quote of the value.</summary>
    public int End;

    /// <summary>Whether this is a histogram's <c>le</c> or a summary's <c>quantile</c>.</summary>
    public bool IsBound;
}
