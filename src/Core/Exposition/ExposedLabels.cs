using PushGateway.Model;

namespace PushGateway.Exposition;

/// <summary>The labels of series as they are exposed. A series of a group always has <c>instance</c>, which is empty unless it was pushed.</summary>
/// <param name="batch">The batch.</param>
/// <param name="groupedSeries">How many series at its start are those of groups.</param>
internal sealed class ExposedLabels(MetricBatch batch, int groupedSeries)
{
    private readonly Label _empty = groupedSeries > 0 ? new Label(batch.Symbols.Intern("instance"u8), 0) : default;
    private Label[] _labels = [];

    /// <summary>The labels, sorted by name; valid until the next call.</summary>
    public ReadOnlySpan<Label> Of(int series)
    {
        var labels = batch.LabelsOf(batch.Series[series]);
        if (series >= groupedSeries || !LacksInstance(labels, out var at))
        {
            return labels;
        }

        if (_labels.Length <= labels.Length)
        {
            _labels = new Label[labels.Length * 2 + 1];
        }

        labels[..at].CopyTo(_labels);
        _labels[at] = _empty;
        labels[at..].CopyTo(_labels.AsSpan(at + 1));
        return _labels.AsSpan(0, labels.Length + 1);
    }

    private bool LacksInstance(ReadOnlySpan<Label> labels, out int at)
    {
        for (at = 0; at < labels.Length; at++)
        {
            if (labels[at].Name == _empty.Name)
            {
                return false;
            }

            if (batch.Symbols[labels[at].Name].SequenceCompareTo("instance"u8) > 0)
            {
                return true;
            }
        }

        return true;
    }
}
