using PushGateway.Wire;

namespace PushGateway.Groups;

/// <summary>What the application of a push needs for its duration. Reusable; not thread-safe.</summary>
/// <param name="headers">Where headers are shared.</param>
/// <param name="isOrdered">As <see cref="GroupStoreOptions.IsOrdered"/>.</param>
internal sealed class GroupWorkspace(BlobPool headers, bool isOrdered = false)
{
    // Enough for thousands of series. What a larger push needs is given back after it.
    private const int MaxKeptBytes = 1024 * 1024;
    private const int BytesOfEndedSeries = 24;

    public BlobPool Headers => headers;

    public bool IsOrdered => isOrdered;

    /// <summary>The families of the push.</summary>
    public PushedFamilyWriter Families { get; } = new(headers);

    public BlobWriter Scratch { get; } = new();

    /// <summary>The series that the push ends.</summary>
    public EndedSet Ending { get; } = new();

    /// <summary>Whether the workspace is small enough to be kept for the next push.</summary>
    public bool IsSmall => Families.Capacity + Scratch.Capacity + ((long)Ending.Capacity * BytesOfEndedSeries) <= MaxKeptBytes;
}
