using System.Collections.Immutable;
using System.Text;
using PushGateway.Wire;

namespace PushGateway.Exposition;

/// <summary>Labels that a series must have to be shown.</summary>
public sealed class LabelPins
{
    private readonly (byte[] Name, byte[] Value)[] _labels;

    /// <param name="labels">The labels.</param>
    public LabelPins(ImmutableArray<KeyValuePair<string, string>> labels) =>
        _labels = [.. labels.Select(static label => (Encoding.UTF8.GetBytes(label.Key), Encoding.UTF8.GetBytes(label.Value)))];

    /// <summary>Whether a series has all of the labels.</summary>
    /// <param name="key">A <see cref="Model.SeriesKey"/>.</param>
    internal bool Match(ReadOnlySpan<byte> key)
    {
        foreach (var (name, value) in _labels)
        {
            if (!Has(key, name, value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Has(ReadOnlySpan<byte> key, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var reader = new BlobReader(key);
        reader.ReadBytes();
        while (!reader.AtEnd)
        {
            var isNamed = reader.ReadBytes().SequenceEqual(name);
            var isEqual = reader.ReadBytes().SequenceEqual(value);
            if (isNamed)
            {
                return isEqual;
            }
        }

        return false;
    }
}
