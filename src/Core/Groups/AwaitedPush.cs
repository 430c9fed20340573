using System.Runtime.InteropServices;
using PushGateway.Push;
using PushGateway.Wire;

namespace PushGateway.Groups;

/// <summary>What an accepted push that has not been applied yet will bring to its group.</summary>
/// <param name="Replaces">Whether nothing that was pushed before it stays.</param>
/// <param name="Families">Its families by their headers, each with the number of its series; without the times of pushes.</param>
/// <param name="SeriesCount">Number of series in all of them.</param>
internal sealed record AwaitedPush(bool Replaces, (byte[] Header, int SeriesCount)[] Families, int SeriesCount)
{
    /// <summary>Counts the series of a push as they stand; one that stands there twice counts twice.</summary>
    public static AwaitedPush Count(in BatchedPush push, BlobPool headers)
    {
        var (families, total) = (new int[push.End.Families - push.Start.Families], 0);
        foreach (ref readonly var series in push.Batch.Series[push.Start.Series..push.End.Series])
        {
            families[series.Family - push.Start.Families] += series.SampleCount > 0 ? 1 : 0;
        }

        var header = new BlobWriter();
        var counted = new List<(byte[], int)>(families.Length);
        for (var i = 0; i < families.Length; i++)
        {
            header.Clear();
            FamilyHeader.Write(header, push.Batch, push.Batch.Families[push.Start.Families + i]);
            if (families[i] > 0 && !FamilyHeader.IsPushTime(header.Written))
            {
                counted.Add((headers.Intern(header.Written), families[i]));
                total += families[i];
            }
        }

        return new AwaitedPush(push.Header.Operation == PushOperation.Replace, [.. counted], total);
    }

    /// <summary>Takes the counts of an encoded push, in which each series stands once.</summary>
    public static AwaitedPush Of(PushHeader push, PushedFamilyWriter pushed)
    {
        var counted = new List<(byte[], int)>(pushed.Families.Length);
        var total = 0;
        foreach (ref readonly var family in pushed.Families)
        {
            if (!FamilyHeader.IsPushTime(family.Header))
            {
                counted.Add((family.Header, family.SeriesCount));
                total += family.SeriesCount;
            }
        }

        return new AwaitedPush(push.Operation == PushOperation.Replace, [.. counted], total);
    }

    /// <summary>The push of which both are parts.</summary>
    public AwaitedPush With(AwaitedPush other) => this with { Families = [.. Families, .. other.Families], SeriesCount = SeriesCount + other.SeriesCount };

    /// <summary>Brings the number of series of each family, by its name, to what it is after the push; returns the number of all.</summary>
    public int ApplyTo(Dictionary<byte[], int> counts)
    {
        if (Replaces)
        {
            counts.Clear();
        }

        foreach (var (header, _) in Families)
        {
            counts[FamilyHeader.Name(header).ToArray()] = 0;
        }

        // Two families of one name are two parts of it.
        foreach (var (header, count) in Families)
        {
            CollectionsMarshal.GetValueRefOrAddDefault(counts, FamilyHeader.Name(header).ToArray(), out _) += count;
        }

        return counts.Values.Sum();
    }
}
