namespace PushGateway.Exposition;

/// <summary>
/// What a family's name shares with the names of all families that it may have to do with: a histogram <c>foo</c> with a family
/// <c>foo_count</c>, a counter <c>foo_total</c> with <c>foo_created</c>.
/// </summary>
internal static class FamilyStem
{
    /// <summary>The name without any of the suffixes that a format gives to series.</summary>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> name)
    {
        while (SuffixLength(name) is > 0 and var length && length < name.Length)
        {
            name = name[..^length];
        }

        return name;
    }

    private static int SuffixLength(ReadOnlySpan<byte> name) =>
        name.EndsWith("_sum"u8) ? 4
        : name.EndsWith("_info"u8) || name.EndsWith("_gsum"u8) ? 5
        : name.EndsWith("_total"u8) || name.EndsWith("_count"u8) ? 6
        : name.EndsWith("_bucket"u8) || name.EndsWith("_gcount"u8) ? 7
        : name.EndsWith("_created"u8) ? 8
        : 0;
}
