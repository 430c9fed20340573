namespace PushGateway.Infra;

/// <summary>The entry for pushes over HTTP.</summary>
public enum GatewayEntry
{
    /// <summary>A Lambda Function URL. It passes the path on unchanged.</summary>
    FunctionUrl,

    /// <summary>
    /// An API Gateway HTTP API. It decodes the path before Api sees it, so <c>%2F</c> in a grouping key becomes a slash. A value with a
    /// slash must be sent as <c>label@base64</c>. It waits at most 30 s for an answer.
    /// </summary>
    HttpApi,

    /// <summary>No entry and no Api function. Pushes come through the queue, or by invoking Worker.</summary>
    None,
}
