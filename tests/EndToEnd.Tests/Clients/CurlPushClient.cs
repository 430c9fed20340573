using System.Globalization;
using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests.Clients;

/// <summary>curl, with paths that people write by hand.</summary>
sealed class CurlPushClient() : PushClient("curl")
{
    const string Everything =
        """
        # TYPE batch_load gauge
        batch_load 21.5
        # TYPE batch_runs_total counter
        batch_runs_total 3
        # TYPE batch_duration_seconds histogram
        batch_duration_seconds_bucket{le="0.1"} 0
        batch_duration_seconds_bucket{le="1"} 1
        batch_duration_seconds_bucket{le="10"} 2
        batch_duration_seconds_bucket{le="+Inf"} 2
        batch_duration_seconds_sum 2.5
        batch_duration_seconds_count 2

        """;

    static readonly string[] Group = ["job/curl/instance/host-1"];

    // In the order of Keys. The last leaves a value out, which only the end of a path can.
    static readonly string[] KeyPaths =
    [
        "job/curl/path@base64/L3Zhci90bXA",
        "job/curl/instance@base64/=",
        "job/curl/city/K%C3%B6ln%20S%C3%BCd",
        "job@base64/Y3VybC9uaWdodGx5",
        "job/curl/rack/7/instance/x%2Fy/z",
        "job/curl/a/1/b/",
    ];

    internal override IReadOnlyList<string> Keys =>
    [
        "{job=\"curl\",path=\"/var/tmp\"}",
        "{job=\"curl\"}",
        "{city=\"Köln Süd\",job=\"curl\"}",
        "{job=\"curl/nightly\"}",
        "{instance=\"x\",job=\"curl\",rack=\"7\",y=\"z\"}",
        "{a=\"1\",job=\"curl\"}",
    ];

    internal override Task<ClientOutcome> RunAsync(string step, Uri gateway, ClientCredential? credential)
    {
        return step switch
        {
            PushStep.Push => SendAsync(Group, ["--request", "PUT", "--data-binary", Everything]),
            PushStep.Add => SendAsync(Group, ["--data-binary", "batch_load 22.5\n"]),
            PushStep.Replace => SendAsync(Group, ["--request", "PUT", "--data-binary", "batch_load -3\n"]),
            PushStep.Delete => SendAsync(Group, ["--request", "DELETE"]),
            PushStep.Keys => SendAsync(KeyPaths, ["--request", "PUT", "--data-binary", "batch_key{client=\"curl\"} 1\n"]),
            PushStep.Forget => SendAsync(KeyPaths, ["--request", "DELETE"]),
            _ => throw new ArgumentOutOfRangeException(nameof(step), step, null),
        };

        async Task<ClientOutcome> SendAsync(string[] paths, string[] arguments)
        {
            if (credential is not null)
                arguments = [.. arguments, "--user", $"{credential.User}:{credential.Secret}"];
            var answers = new List<CurlAnswer>();
            foreach (var path in paths)
                answers.Add(await Curl.RunAsync([.. arguments, $"{Url(gateway)}/metrics/{path}"]));

            // A Pushgateway answers 200 to some pushes and 202 to others.
            return new(
                answers.TrueForAll(answer => answer.Status is 200 or 202),
                string.Join('\n', answers.Select(answer => string.Create(CultureInfo.InvariantCulture, $"{answer.Status} {answer.Body}"))));
        }
    }
}
