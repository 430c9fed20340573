using PushGateway.Model;

namespace PushGateway.Formats.Protobuf;

/// <summary>The metric types of <c>io.prometheus.client</c>, and the field of a metric that holds the value of each type.</summary>
internal static class MetricFamilyTypes
{
    private const int Counter = 0;
    private const int Gauge = 1;
    private const int Summary = 2;
    private const int Untyped = 3;
    private const int Histogram = 4;
    private const int GaugeHistogram = 5;

    /// <summary>Finds the type of a number. Returns false when the number is unknown.</summary>
    public static bool TryGet(int number, out MetricType type)
    {
        type = number switch
        {
            Counter => MetricType.Counter,
            Gauge => MetricType.Gauge,
            Summary => MetricType.Summary,
            Histogram => MetricType.Histogram,
            GaugeHistogram => MetricType.GaugeHistogram,
            _ => MetricType.Unspecified,
        };
        return type != MetricType.Unspecified || number == Untyped;
    }

    /// <summary>The number of a type. Info and state set do not exist in the schema and become gauges.</summary>
    public static int NumberOf(MetricType type) => type switch
    {
        MetricType.Counter => Counter,
        MetricType.Gauge or MetricType.Info or MetricType.StateSet => Gauge,
        MetricType.Summary => Summary,
        MetricType.Histogram => Histogram,
        MetricType.GaugeHistogram => GaugeHistogram,
        _ => Untyped,
    };

    /// <summary>The field of a metric that holds the value of a type.</summary>
    public static int ValueField(MetricType type) => type switch
    {
        MetricType.Counter => MetricFamilyFields.MetricCounter,
        MetricType.Gauge or MetricType.Info or MetricType.StateSet => MetricFamilyFields.MetricGauge,
        MetricType.Summary => MetricFamilyFields.MetricSummary,
        MetricType.Histogram or MetricType.GaugeHistogram => MetricFamilyFields.MetricHistogram,
        _ => MetricFamilyFields.MetricUntyped,
    };

    /// <summary>The name of the field of <see cref="ValueField"/>.</summary>
    public static string ValueFieldName(MetricType type) => type switch
    {
        MetricType.Counter => "counter",
        MetricType.Gauge => "gauge",
        MetricType.Summary => "summary",
        MetricType.Histogram or MetricType.GaugeHistogram => "histogram",
        _ => "untyped",
    };
}
