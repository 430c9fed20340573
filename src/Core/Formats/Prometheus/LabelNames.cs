using PushGateway.Model;

namespace PushGateway.Formats.Prometheus;

/// <summary>Finds out whether a label name stands twice on a series.</summary>
internal static class LabelNames
{
    private const int FewLabels = 32;

    /// <summary>Sorts labels by the symbols of their names. Returns a name that stands twice, or 0.</summary>
    public static int SortAndFindRepeated(Span<Label> labels)
    {
        if (labels.Length > FewLabels)
        {
            labels.Sort(static (x, y) => x.Name.CompareTo(y.Name));
        }

        // Those that are sorted already stay as they are.
        for (var i = 1; i < labels.Length; i++)
        {
            for (var j = i; j > 0 && labels[j].Name < labels[j - 1].Name; j--)
            {
                (labels[j], labels[j - 1]) = (labels[j - 1], labels[j]);
            }
        }

        for (var i = 1; i < labels.Length; i++)
        {
            if (labels[i].Name == labels[i - 1].Name)
            {
                return labels[i].Name;
            }
        }

        return 0;
    }
}
