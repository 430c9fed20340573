using System.Globalization;
using System.Text;

namespace PushGateway.Bench;

/// <summary>
/// A page in the shape of <c>alltypes.237mfs.prom.txt</c>, Prometheus' own benchmark input, which is a scrape of a Prometheus server: 237
/// families of all four types, 1,857 samples, 190 KB. Two wide histograms are half of it. Names, help and values are made up.
/// </summary>
internal sealed class AllTypesPage
{
    private const int PlainFamilies = 206;

    private static readonly string[] Endpoints =
        [.. "alerts labels query series status targets rules metadata export".Split(' ')
            .SelectMany(name => new[] { $"/api/v2/{name}", $"/api/v2/{name}/:id", $"/{name}", $"/static/{name}/*file", $"/debug/{name}" })
            .Append("/")];

    private static readonly string[] Things =
        "scrape_pool segment compaction notification remote_storage checkpoint discovery_refresh memory_profile".Split(' ');

    private static readonly string[] Verbs = "created dropped appended truncated reloaded evaluated skipped corrupted synchronised".Split(' ');
    private static readonly string[] Jobs = "node alertmanager blackbox gateway grafana kubelet monitor caddy".Split(' ');

    private readonly StringBuilder _page = new();
    private ulong _random;
    private int _plain;

    private AllTypesPage(int variant) => _random = ((ulong)variant * 2654435761) + 88172645463325252;

    /// <param name="variant">Pages of different variants differ only in their values.</param>
    public static byte[] Create(int variant = 0)
    {
        var page = new AllTypesPage(variant);
        page.Write();
        return Encoding.UTF8.GetBytes(page._page.ToString());
    }

    private void Write()
    {
        WriteHistogram("gateway_http_request_duration_seconds", [0.1, 0.2, 0.4, 1, 3, 8, 20, 60, 120], "handler", Endpoints);
        WriteHistogram("gateway_http_response_size_bytes", [100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9], "handler", Endpoints);
        for (var i = 0; i < 13; i++)
        {
            WriteHistogram(
                $"gateway_{Things[i % Things.Length]}_{Verbs[i % Verbs.Length]}_duration_seconds",
                [.. Enumerable.Range(0, 8 + (i % 2)).Select(bound => Math.Round(0.001 * Math.Pow(4, bound), 6))]);
        }

        WriteSummary("gateway_target_sync_length_seconds", ["0.01", "0.05", "0.5", "0.9", "0.99"], "scrape_job", Jobs);
        WriteSummary("gateway_engine_query_duration_seconds", ["0.5", "0.9", "0.99"], "slice", ["inner_eval", "prepare_time", "queue_time", "result_sort"]);
        for (var i = 0; i < 11; i++)
        {
            WriteSummary($"gateway_{Things[i % Things.Length]}_{Verbs[(i + 4) % Verbs.Length]}_latency_seconds", i < 8 ? ["0.5", "0.9", "0.99"] : ["0", "0.25", "0.75", "1"]);
        }

        WriteLabelled("gateway_http_requests_total", "code", ["200", "400", "503"], "handler", Endpoints, 83);
        WriteLabelled("net_tracked_dialer_conn_failed_total", "dialer_name", [.. Jobs, "remote"], "reason", ["refused", "resolution", "timeout", "unknown"], 36);
        WriteLabelled("gateway_sd_cluster_events_total", "event", ["add", "delete", "update"], "role", ["endpoints", "ingress", "node", "pod", "service", "slice"], 18);
        WritePlainFamilies();
    }

    private void WritePlainFamilies()
    {
        string[] groups = [.. Verbs.Concat(Jobs.Take(2)).Select(name => $"/etc/metrics/rules/{name}_managed.yml;{name} alert rules")];
        for (var i = 0; i < 7; i++)
        {
            WriteOneLabel("target_scrape_pool", "scrape_job", Jobs);
        }

        for (var i = 0; i < 8; i++)
        {
            WriteOneLabel("rule_group", "rule_group", groups);
        }

        for (var i = 0; i < 7; i++)
        {
            WriteOneLabel("dialer", "dialer_name", [.. Jobs[..(i < 3 ? 8 : 5)], "remote"]);
        }

        while (_plain < PlainFamilies)
        {
            WriteOneLabel("runtime", "", [""]);
        }
    }

    private void WriteOneLabel(string subsystem, string label, string[] values)
    {
        var (thing, verb) = (Things[_plain % Things.Length], Verbs[_plain / Things.Length % Verbs.Length]);
        var isCounter = _plain % 15 < 8;
        var name = $"gateway_{subsystem}_{thing}_{verb}_{_plain / 72}_{(isCounter ? "total" : "bytes")}";
        _plain++;
        WriteHeader(name, isCounter ? "counter" : "gauge");
        foreach (var value in values)
        {
            WriteSample(label.Length == 0 ? name : $"{name}{{{label}=\"{value}\"}}");
        }
    }

    private void WriteHistogram(string name, double[] bounds, string label = "", params string[] values)
    {
        WriteHeader(name, "histogram");
        foreach (var value in values is [] ? [""] : values)
        {
            var own = label.Length == 0 ? "" : $"{label}=\"{value}\"";
            var before = own.Length == 0 ? "" : own + ",";
            var count = Next(2) * Next(3000);
            foreach (var bound in bounds)
            {
                Append($"{name}_bucket{{{before}le=\"{Format(bound)}\"}}", count);
                count += Next(2) * Next(300);
            }

            Append($"{name}_bucket{{{before}le=\"+Inf\"}}", count);
            Append(own.Length == 0 ? $"{name}_sum" : $"{name}_sum{{{own}}}", count * (Next(1_000_000_000) / 1e9));
            Append(own.Length == 0 ? $"{name}_count" : $"{name}_count{{{own}}}", count);
        }
    }

    private void WriteSummary(string name, string[] quantiles, string label = "", params string[] values)
    {
        WriteHeader(name, "summary");
        foreach (var value in values is [] ? [""] : values)
        {
            var own = label.Length == 0 ? "" : $"{label}=\"{value}\"";
            var before = own.Length == 0 ? "" : own + ",";
            foreach (var quantile in quantiles)
            {
                Append($"{name}{{{before}quantile=\"{quantile}\"}}", Next(10) == 0 ? double.NaN : Next(1_000_000) / 1e9);
            }

            Append(own.Length == 0 ? $"{name}_sum" : $"{name}_sum{{{own}}}", Next(1_000_000_000) / 1e4);
            Append(own.Length == 0 ? $"{name}_count" : $"{name}_count{{{own}}}", Next(2_000_000));
        }
    }

    private void WriteLabelled(string name, string outer, string[] outers, string inner, string[] inners, int samples)
    {
        WriteHeader(name, "counter");
        foreach (var (first, second) in outers.SelectMany(first => inners.Select(second => (first, second))).Take(samples))
        {
            WriteSample($"{name}{{{outer}=\"{first}\",{inner}=\"{second}\"}}");
        }
    }

    private void WriteHeader(string name, string type)
    {
        var words = name.Replace('_', ' ');
        var detail = Next(6) == 0 ? " Counted since the start of the process; what another one has done is not in it." : "";
        _page.Append(CultureInfo.InvariantCulture, $"# HELP {name} State of {words}.{detail}\n# TYPE {name} {type}\n");
    }

    // As in the original: mostly small whole numbers, some numbers above a million in scientific notation, some fractions.
    private void WriteSample(string series) => Append(series, Next(10) switch
    {
        < 4 => 0,
        < 7 => Next(5000),
        < 9 => Next(int.MaxValue) * 16.0,
        _ => Next(int.MaxValue) / 1e9,
    });

    private void Append(string series, double value) => _page.Append(series).Append(' ').Append(Format(value)).Append('\n');

    private static string Format(double value) =>
        Math.Abs(value) >= 1e6 || (value != 0 && Math.Abs(value) < 1e-4)
            ? value.ToString("0.################e+00", CultureInfo.InvariantCulture)
            : value.ToString("R", CultureInfo.InvariantCulture);

    // xorshift, so that the page is the same on every machine.
    private int Next(int below)
    {
        _random ^= _random << 13;
        _random ^= _random >> 7;
        _random ^= _random << 17;
        return (int)(_random % (ulong)below);
    }
}
