namespace PushGateway.Groups;

/// <summary>A family of a push as a <see cref="PushedFamilyWriter"/> has encoded it.</summary>
/// <param name="Header">A <see cref="FamilyHeader"/>.</param>
/// <param name="Start">Where its <see cref="SeriesSet"/> begins among the encoder's bytes.</param>
/// <param name="Length">The set's length in bytes.</param>
/// <param name="SeriesCount">Number of series in the set.</param>
/// <param name="LastEntry">Where the last entry of the set begins in it.</param>
internal readonly record struct PushedFamily(byte[] Header, int Start, int Length, int SeriesCount, int LastEntry)
{
    /// <summary>The family as a group holds it.</summary>
    /// <param name="pushTimeNs">Time of the push, nanoseconds since the Unix epoch.</param>
    /// <param name="series">The set.</param>
    public FamilyState At(long pushTimeNs, byte[] series) =>
        new(pushTimeNs, Header, series) { SeriesCount = SeriesCount, LastEntry = LastEntry };
}
