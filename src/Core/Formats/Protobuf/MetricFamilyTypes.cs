using PushGateway.Model;

namespace PushGateway.Formats.Protobuf;

/// <summary>The metric types of <c>io.prometheus.client</c>, and the field of a metric that holds the value of each type.</summary>
internal static class MetricFamilyTypes
{
    // By MetricType. The schema has neither info nor state set: they become gauges.
    private static readonly (int Number, int ValueField, string ValueFieldName)[] Types =
    [
        (3, MetricFamilyFields.MetricUntyped, "untyped"),
        (0, MetricFamilyFields.MetricCounter, "counter"),
        (1, MetricFamilyFields.MetricGauge, "gauge"),
        (4, MetricFamilyFields.MetricHistogram, "histogram"),
        (5, MetricFamilyFields.MetricHistogram, "histogram"),
        (2, MetricFamilyFields.MetricSummary, "summary"),
        (1, MetricFamilyFields.MetricGauge, "gauge"),
        (1, MetricFamilyFields.MetricGauge, "gauge"),
    ];

    /// <summary>Finds the type of a number. Returns false when the number is unknown.</summary>
    public static bool TryGet(int number, out MetricType type)
    {
        for (type = MetricType.Unspecified; type <= MetricType.Summary; type++)
        {
            if (NumberOf(type) == number)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The number of a type.</summary>
    public static int NumberOf(MetricType type) => Types[(int)type].Number;

    /// <summary>The field of a metric that holds the value of a type.</summary>
    public static int ValueField(MetricType type) => Types[(int)type].ValueField;

    /// <summary>The name of the field of <see cref="ValueField"/>.</summary>
    public static string ValueFieldName(MetricType type) => Types[(int)type].ValueFieldName;
}
