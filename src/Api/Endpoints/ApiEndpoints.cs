using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using PushGateway.Api.Auth;
using PushGateway.Buffers;
using PushGateway.Delivery;
using PushGateway.Exposition;
using PushGateway.Groups;

namespace PushGateway.Api.Endpoints;

/// <summary>The reading part of Pushgateway's <c>/api/v1</c>: the groups, and how the process is configured.</summary>
internal static class ApiEndpoints
{
    private const string JsonType = "application/json";

    // Bytes per write.
    private const int WriteBytes = 32 * 1024;

    // About how much is read from the groups at a time; at least one group.
    private const long ReadBytes = 4 * 1024 * 1024;

    // The JSON is read by programs and is not part of a page, so no character of HTML needs to be escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IEndpointRouteBuilder MapApiEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/v1/metrics", GetMetricsAsync)
            .HonoursPinnedLabels()
            .WithName("groups")
            .WithTags("Pushgateway")
            .WithSummary("Every group with its families, as Pushgateway's.")
            .WithDescription(
                "`data` has an object for each group: `labels`, `last_push_successful`, and a member for each family. "
                + "A credential that is pinned to labels sees only groups with these labels.")
            .Produces<object>(StatusCodes.Status200OK, JsonType)
            .Produces<string>(StatusCodes.Status401Unauthorized, "text/plain")
            .Produces<string>(StatusCodes.Status503ServiceUnavailable, "text/plain");
        routes.MapGet("/api/v1/status", GetStatusAsync)
            .HonoursPinnedLabels()
            .WithName("status")
            .WithTags("Pushgateway")
            .WithSummary("Version, settings and start time, as Pushgateway's, and how delivery is doing.")
            .WithDescription(
                "`flags` has the settings that are not secret. On one machine, `target` says whether the target takes what it is sent "
                + "(`up`), since when, and why not; `queue` has the waiting and the quarantined messages, and how long the oldest has waited. "
                + "For a credential that is pinned to labels, `flags` is empty, and `target` and `queue` are left out.")
            .Produces<object>(StatusCodes.Status200OK, JsonType)
            .Produces<string>(StatusCodes.Status401Unauthorized, "text/plain")
            .Produces<string>(StatusCodes.Status503ServiceUnavailable, "text/plain");
        return routes;
    }

    private static async Task GetMetricsAsync(HttpContext http, CancellationToken cancellationToken)
    {
        var groups = http.RequestServices.GetService<IGroupStore>();
        var scan = groups is null ? null : await groups.OpenScanAsync(cancellationToken);
        var reading = new GroupReading(ReadBytes) { TakesOnlyGroups = true };
        var endsReading = scan?.ReadOn(reading, cancellationToken) ?? true;
        using var buffer = new PooledBuffer();
        await using var json = Begin(http, buffer);
        json.WriteStartArray("data");
        await WriteAsync(http, reading, json, buffer);
        while (!endsReading)
        {
            reading.Clear();
            endsReading = scan!.ReadOn(reading, cancellationToken);
            await WriteAsync(http, reading, json, buffer);
        }

        json.WriteEndArray();
        if (groups is null)
        {
            // A member of Prometheus' own response format. Clients of a Pushgateway ignore it.
            json.WriteStartArray("warnings");
            json.WriteStringValue("this process holds no groups, it only queues what is pushed");
            json.WriteEndArray();
        }

        await EndAsync(http, json, buffer);
    }

    private static async Task WriteAsync(HttpContext http, GroupReading reading, Utf8JsonWriter json, PooledBuffer buffer)
    {
        var writer = new GroupJsonWriter(reading, json);
        var pinned = http.PinnedLabels();
        foreach (var group in reading.Groups)
        {
            if (!pinned.All(group.Key.Labels.Contains))
            {
                continue;
            }

            writer.Write(group);
            if (json.BytesPending + buffer.Written.Length >= WriteBytes)
            {
                json.Flush();
                await http.Response.Body.WriteAsync(buffer.Written, http.RequestAborted);
                buffer.Reset();
            }
        }
    }

    private static async Task GetStatusAsync(HttpContext http, GatewayStatus status, [FromServices] OrderedDelivery? delivery)
    {
        using var buffer = new PooledBuffer();
        await using var json = Begin(http, buffer);
        json.WriteStartObject("data");
        WriteBuild(json);
        json.WriteStartObject("flags");
        if (http.PinnedLabels().IsEmpty)
        {
            foreach (var (name, value) in status.Settings)
            {
                json.WriteString(name, value);
            }
        }

        json.WriteEndObject();
        if (delivery is not null && http.PinnedLabels().IsEmpty)
        {
            WriteDelivery(json, delivery.State);
        }

        json.WriteString("start_time", Format(status.StartTime));
        json.WriteEndObject();
        await EndAsync(http, json, buffer);
    }

    private static void WriteDelivery(Utf8JsonWriter json, DeliveryState state)
    {
        if (state.Target is { } target)
        {
            json.WriteStartObject("target");
            json.WriteBoolean("up", target.IsUp);
            json.WriteString("since", Format(target.Since));
            if (target.Reason is { } reason)
            {
                json.WriteString("reason", reason);
            }

            json.WriteEndObject();
        }

        json.WriteStartObject("queue");
        json.WriteNumber("messages", state.Messages ?? 0);
        json.WriteNumber("oldest_seconds", state.OldestAge?.TotalSeconds ?? 0);
        json.WriteNumber("quarantined", state.Quarantined ?? 0);
        json.WriteEndObject();
    }

    private static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    // The members are those of Pushgateway. What this build does not know is empty.
    private static void WriteBuild(Utf8JsonWriter json)
    {
        var version = typeof(ApiEndpoints).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";
        var revision = version.IndexOf('+', StringComparison.Ordinal);
        json.WriteStartObject("build_information");
        json.WriteString("branch", "");
        json.WriteString("buildDate", "");
        json.WriteString("buildUser", "");
        json.WriteString("goVersion", RuntimeInformation.FrameworkDescription);
        json.WriteString("revision", revision < 0 ? "" : version[(revision + 1)..]);
        json.WriteString("version", revision < 0 ? version : version[..revision]);
        json.WriteEndObject();
    }

    private static Utf8JsonWriter Begin(HttpContext http, PooledBuffer buffer)
    {
        CrossOrigin.Allow(http.Response);
        http.Response.ContentType = JsonType;
        var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartObject();
        json.WriteString("status", "success");
        return json;
    }

    private static async Task EndAsync(HttpContext http, Utf8JsonWriter json, PooledBuffer buffer)
    {
        json.WriteEndObject();
        json.Flush();
        await http.Response.Body.WriteAsync(buffer.Written, http.RequestAborted);
    }
}
