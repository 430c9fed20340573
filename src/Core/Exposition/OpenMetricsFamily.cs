using PushGateway.Model;

namespace PushGateway.Exposition;

/// <summary>A family of an exposition.</summary>
/// <param name="Name">Its name in OpenMetrics, a symbol of <see cref="OpenMetricsFamilies.Names"/>.</param>
/// <param name="Type">Its type.</param>
/// <param name="Help">Its help, a symbol of the batch, or 0.</param>
/// <param name="Unit">Its unit, a symbol of the batch, or 0.</param>
internal readonly record struct OpenMetricsFamily(int Name, MetricType Type, int Help, int Unit);
