namespace PushGateway.Exposition;

/// <summary>What one writer writes of an exposition that is written by several: consecutive families, or a part of one.</summary>
/// <param name="First">Rank of the first family.</param>
/// <param name="Last">Rank of the last one.</param>
/// <param name="Part">Which part of the series is in the slice; 0 for the first.</param>
/// <param name="Parts">In how many parts the series are divided. All series of one metric are in one part.</param>
internal sealed record ExpositionSlice(int First, int Last, int Part, int Parts)
{
    /// <summary>Whether an earlier slice has written the header of the family.</summary>
    public bool ContinuesFamily { get; init; }
}
