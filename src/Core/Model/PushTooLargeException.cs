using System.Globalization;

namespace PushGateway.Model;

/// <summary>A push would take more memory than one push may use.</summary>
public sealed class PushTooLargeException() : Exception(string.Create(
    CultureInfo.InvariantCulture,
    $"the push has more than {MetricBatch.MaxSeriesPerPush} series or {MetricBatch.MaxLabelsPerPush} labels in all; push it in parts"));
