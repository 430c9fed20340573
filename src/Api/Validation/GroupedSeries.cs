using System.Globalization;
using System.Text;
using PushGateway.Formats.Json;
using PushGateway.Push;

namespace PushGateway.Api.Validation;

/// <summary>The series of the records before, to find those that a group is given twice at one time.</summary>
internal sealed class GroupedSeries
{
    private readonly HashSet<string> _series = new(StringComparer.Ordinal);

    /// <summary>Adds the series of a record without mistakes, and tells of each that was there.</summary>
    public IEnumerable<PushError> FindDuplicates(RecordDocument record)
    {
        // Two groups have different labels, so their series have, too.
        var labels = string.Concat(record.SeriesLabels().Select(label => $"{label.Key}={label.Value.Length}:{label.Value},"));
        var time = record.TimestampKey?.Value.GetInt64() ?? record.Context.ReceivedMs;
        foreach (var metric in record.Metrics)
        {
            if (!_series.Add(string.Create(CultureInfo.InvariantCulture, $"{Encoding.UTF8.GetString(metric.LegalName!)} {time} {labels}")))
            {
                yield return RecordErrors.DuplicateSeries(record.Pointer + "/metrics", metric.LegalName);
            }
        }
    }
}
