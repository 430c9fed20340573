namespace PushGateway.Api.Tests.OpenApi;

/// <summary>Bodies that the document shows. None has a timestamp, so that they work whenever somebody tries them.</summary>
internal static class Examples
{
    public const string Record = """
        {
          "dimensions": { "customerId": "customer1", "site": "north" },
          "metrics": { "temperature": "14.3", "ph": 6.7 }
        }
        """;

    public const string Array = """
        [
          { "dimensions": { "customerId": "customer1" }, "metrics": { "temperature": "14.3" } },
          { "dimensions": { "customerId": "customer2" }, "metrics": { "temperature": 15, "ph": "6.70" } }
        ]
        """;

    public const string Lines = """
        {"dimensions":{"customerId":"customer1"},"metrics":{"temperature":"14.3"}}
        {"dimensions":{"customerId":"customer2"},"metrics":{"temperature":15}}

        """;

    public const string Text = """
        # HELP backup_rows Rows that the last backup wrote.
        # TYPE backup_rows gauge
        backup_rows{table="orders"} 4213
        backup_rows{table="customers"} 87

        """;

    public const string Histogram = """
        # TYPE request_seconds histogram
        request_seconds_bucket{le="0.1"} 12
        request_seconds_bucket{le="1"} 17
        request_seconds_bucket{le="+Inf"} 18
        request_seconds_sum 7.25
        request_seconds_count 18

        """;

    public const string Problem = """
        {
          "type": "urn:pushgateway:error:metric-not-number",
          "title": "The push was refused.",
          "status": 400,
          "detail": "metric \"temperature\" must be a number or a numeric string, not \"warm\"",
          "code": "metric-not-number",
          "errors": [
            {
              "code": "metric-not-number",
              "detail": "metric \"temperature\" must be a number or a numeric string, not \"warm\"",
              "pointer": "/metrics/temperature"
            }
          ]
        }
        """;

    public const string GroupRecords = """
        [
          { "group": { "job": "backup", "instance": "db1" }, "metrics": { "backup_size_bytes": 73400320 } },
          { "group": { "job": "backup", "instance": "db2" }, "dimensions": { "disk": "a" }, "metrics": { "backup_size_bytes": "1.5e6" } }
        ]
        """;

    public const string GroupLines = """
        {"group":{"job":"backup","instance":"db1"},"metrics":{"backup_size_bytes":73400320}}
        {"group":{"job":"backup","instance":"db2"},"metrics":{"backup_size_bytes":1500000}}

        """;

    public const string Selector = "{job=\"backup\",instance!=\"db1\"}";

    public const string Group = "backup/instance/db1";

    public const string GroupBase64 = "YmFja3Vw/instance/db1";

    public const string TextError = "text format parsing error in line 1: expected float as value, got \"x\"\n";
}
