using System.Globalization;
using System.Text.Json;

namespace PushGateway.Testing;

/// <summary>
/// The query API that Prometheus and VictoriaMetrics share. Samples are returned as they are stored, to the millisecond. Stale markers are
/// never returned: a series that ended with one just stops.
/// </summary>
/// <param name="client">A client whose base address is the server's. The caller owns it.</param>
public sealed class PrometheusApi(HttpClient client)
{
    /// <summary>
    /// An instant query. It sees a sample for five minutes, unless a stale marker follows. A scalar is returned as one series without
    /// labels.
    /// </summary>
    /// <param name="expression">PromQL.</param>
    /// <param name="time">The time of the query; the server's current time when null.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="HttpRequestException">The server refused the query. The message holds its answer.</exception>
    public async Task<IReadOnlyList<Series>> QueryAsync(
        string expression, DateTimeOffset? time = null, CancellationToken cancellationToken = default)
    {
        var parameters = new List<KeyValuePair<string, string>> { new("query", expression) };
        if (time is { } at)
            parameters.Add(new("time", Seconds(at)));
        using var answer = await PostAsync("api/v1/query", parameters, cancellationToken);
        var data = answer.RootElement.GetProperty("data");
        var result = data.GetProperty("result");
        return data.GetProperty("resultType").GetString() is "scalar" or "string"
            ? [new Series(new Dictionary<string, string>(), [ReadSample(result)])]
            : [.. result.EnumerateArray().Select(ReadSeries)];
    }

    /// <summary>
    /// Every stored sample of the selected series in the window before <paramref name="at"/>. Nothing is interpolated, aligned or repeated,
    /// so counting the samples shows lost and duplicate ones.
    /// </summary>
    /// <param name="selector">A vector selector: <c>name{label="value"}</c>.</param>
    /// <param name="window">
    /// One hour when null. Prometheus 2 includes a sample exactly at the start of the window, Prometheus 3 does not.
    /// </param>
    /// <param name="at">
    /// The end of the window. When null, it is the server's current time plus a minute, to include samples from the future.
    /// </param>
    /// <param name="cancellationToken">Ends the request.</param>
    public Task<IReadOnlyList<Series>> QueryRangeRawAsync(
        string selector, TimeSpan? window = null, DateTimeOffset? at = null, CancellationToken cancellationToken = default)
    {
        var length = (long)(window ?? TimeSpan.FromHours(1)).TotalMilliseconds;
        return QueryAsync(
            string.Create(CultureInfo.InvariantCulture, $"{selector}[{length}ms]"),
            at ?? DateTimeOffset.UtcNow.AddMinutes(1),
            cancellationToken);
    }

    /// <summary>The label sets of all matching series, without samples, whatever their age.</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> SeriesAsync(
        string match, CancellationToken cancellationToken = default)
    {
        var parameters = new List<KeyValuePair<string, string>>
        {
            new("match[]", match),
            new("start", "0"),
            new("end", Seconds(DateTimeOffset.UtcNow.AddDays(1))),
        };
        using var answer = await PostAsync("api/v1/series", parameters, cancellationToken);
        return [.. answer.RootElement.GetProperty("data").EnumerateArray().Select(ReadLabels)];
    }

    internal static IReadOnlyDictionary<string, string> ReadLabels(JsonElement labels) =>
        labels.EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!);

    static string Seconds(DateTimeOffset time) =>
        (time.ToUnixTimeMilliseconds() / 1000m).ToString(CultureInfo.InvariantCulture);

    static Series ReadSeries(JsonElement series)
    {
        var labels = ReadLabels(series.GetProperty("metric"));
        return series.TryGetProperty("values", out var values)
            ? new Series(labels, [.. values.EnumerateArray().Select(ReadSample)])
            : new Series(labels, [ReadSample(series.GetProperty("value"))]);
    }

    // The server writes seconds with up to three decimals. A decimal holds them exactly, a double does not.
    static Sample ReadSample(JsonElement pair) =>
        new((long)(pair[0].GetDecimal() * 1000m), pair[1].GetString()!);

    async Task<JsonDocument> PostAsync(
        string path, IEnumerable<KeyValuePair<string, string>> parameters, CancellationToken cancellationToken)
    {
        using var content = new FormUrlEncodedContent(parameters);
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
        var body = await response.Content.ReadAsStringAsync(cancellationToken);
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"{path} answered {(int)response.StatusCode}: {body}", null, response.StatusCode);
        return JsonDocument.Parse(body);
    }
}
