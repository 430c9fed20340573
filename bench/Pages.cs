using System.Globalization;
using System.Text;

namespace PushGateway.Bench;

/// <summary>Pages of Prometheus text in the shapes that senders push. Equal arguments give equal bytes.</summary>
internal static class Pages
{
    private const int SeriesPerFamily = 16;

    /// <summary>A page like that of node_exporter: families with help, a few labels, counters. A single sample has no help.</summary>
    /// <param name="samples">Number of samples.</param>
    /// <param name="variant">Pages of different variants differ only in their values.</param>
    public static byte[] NodeExporter(int samples, int variant = 0)
    {
        var page = new StringBuilder();
        for (var i = 0; i < samples; i++)
        {
            if (i % SeriesPerFamily == 0 && samples > 1)
            {
                var family = i / SeriesPerFamily;
                page.Append(CultureInfo.InvariantCulture, $"# HELP node_family_{family}_seconds_total Seconds the CPUs spent in family {family}.\n");
                page.Append(CultureInfo.InvariantCulture, $"# TYPE node_family_{family}_seconds_total counter\n");
            }

            page.Append(CultureInfo.InvariantCulture, $"node_family_{i / SeriesPerFamily}_seconds_total{{cpu=\"{i % SeriesPerFamily}\",mode=\"idle\"}} ");
            page.Append(CultureInfo.InvariantCulture, $"{((i + 1) * 1234.25) + (variant * 0.5)}\n");
        }

        return Encoding.UTF8.GetBytes(page.ToString());
    }

    /// <summary>Labels with long values, such as paths and queries.</summary>
    public static byte[] LongLabels() => Encoding.UTF8.GetBytes(
        string.Concat(Enumerable.Range(0, 200).Select(i => $"m{{path=\"/{new string('x', 1000)}/{i}\"}} {i}\n")));

    /// <summary>Labels with values that must be unescaped.</summary>
    public static byte[] Escapes() => Encoding.UTF8.GetBytes(
        string.Concat(Enumerable.Range(0, 2000).Select(i => $"m{{path=\"C:\\\\dir\\\\{i}\\n\\\"quoted\\\"\"}} {i}\n")));
}
