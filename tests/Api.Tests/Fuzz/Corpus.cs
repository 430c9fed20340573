using System.Text;

namespace PushGateway.Api.Tests.Fuzz;

/// <summary>Valid pushes, to be spoilt.</summary>
internal static class Corpus
{
    /// <summary>Where records that name their groups go.</summary>
    public const string GroupsTarget = "/api/v1/groups";

    private const string Timestamp = "$now";

    /// <summary>Bodies that <c>/metrics</c> takes. They differ between runs in their timestamps only.</summary>
    public static IReadOnlyList<byte[]> Json { get; } = Encode(
        """{"dimensions":{"room":"kitchen"},"metrics":{"temperature":"21.5"}}""",
        """
        {"dimensions":{"customerId":"customer1","site":"a b/c","ünï":"\u00e9\ud83d\ude00"},"timestamp":$now,
        "metrics":{"temperature":"14.3","ph":6,"p.h":1e3,"n":"NaN","i":"-Inf"}}
        """,
        """ { "metrics" : { "9lives" : -0.0 , "b:c" : "12.0" } , "dimensions" : { "d" : "" , "e\n\"f" : "\\" } , "timestamp" : $now } """,
        """
        [{"dimensions":{"d":"x"},"metrics":{"a":1}},{"dimensions":{"d":"y"},"metrics":{"a":2,"b":3.25}},
        {"timestamp":$now,"dimensions":{"d":"z"},"metrics":{"a":"4"}}]
        """,
        """
        {"dimensions":{"d":"x"},"metrics":{"a":1}}
        {"dimensions":{"d":"y"},"metrics":{"a":2},"timestamp":$now}

        {"dimensions":{"d":"z"},"metrics":{"a":"3e-7"}}

        """);

    /// <summary>Records that name their groups.</summary>
    public static IReadOnlyList<byte[]> GroupRecords { get; } = Encode(
        """{"group":{"job":"backup"},"metrics":{"size":"21.5"}}""",
        """
        [{"group":{"job":"a","instance":"é/x"},"dimensions":{"d.d":"x"},"metrics":{"a":1,"b":"-Inf"}},
        {"metrics":{"a":2},"group":{"job":"\u0062"}},{"dimensions":{"d.d":"y","job":"z"},"metrics":{"a":3},"group":{"instance":"é/x","job":"a"}}]
        """,
        """
        {"group":{"job":"a"},"dimensions":{"x":"1"},"metrics":{"a":1}}
        {"group":{"job":"b"},"dimensions":{"x":"1"},"metrics":{"a":1}}
        {"group":{"job":"a"},"dimensions":{"x":"2"},"metrics":{"a":1}}

        """);

    /// <summary>Bodies that <c>/metrics</c> and groups take.</summary>
    public static IReadOnlyList<byte[]> Text { get; } = Encode(
        "a 1\n",
        "\n# a comment\n \t untyped{ } \t .25e+1\n# EOF\nno_value_left{x=\"\\\\ \\\" \\n é\",y=\"\",} NaN\n",
        """
        # HELP requests_total Requests, with \\ and \n.
        # TYPE requests_total counter
        requests_total{method="post",code="200"} 1027
        requests_total{method="post",code="400"} 3
        # TYPE temperature gauge
        temperature -1.5e3
        # HELP latency Latency.
        # TYPE latency histogram
        latency_bucket{le="0.05"} 24054
        latency_bucket{le="1"} 133988
        latency_bucket{le="+Inf"} 144320
        latency_sum 53423
        latency_count 144320
        # TYPE rpc summary
        rpc{quantile="0.01"} 3102
        rpc{quantile="0.99"} +Inf
        rpc_sum 1.7560473e+07
        rpc_count 2693
        # TYPE other untyped
        other -Inf

        """);

    /// <summary>Text with timestamps, which only <c>/metrics</c> takes.</summary>
    public static IReadOnlyList<byte[]> TimedText { get; } = Encode("a 1 $now\nb{c=\"d\"} 2 $now\n");

    /// <summary>Groups.</summary>
    public static IReadOnlyList<string> Targets { get; } =
    [
        "/metrics/job/backup", "/metrics/job/backup/", "/metrics/job/backup/instance/db1", "/metrics/job/a%20b/path@base64/L3Zhci90bXA/e/%C3%A9",
        "/metrics/job@base64/YmFja3Vw", "/metrics/job@base64/YmFja3Vw/empty@base64/=",
    ];

    private static byte[][] Encode(params ReadOnlySpan<string> bodies)
    {
        var now = $"{DateTimeOffset.UtcNow.ToUnixTimeMilliseconds()}";
        var encoded = new byte[bodies.Length][];
        for (var i = 0; i < bodies.Length; i++)
        {
            encoded[i] = Encoding.UTF8.GetBytes(bodies[i].Replace(Timestamp, now, StringComparison.Ordinal));
        }

        return encoded;
    }
}
