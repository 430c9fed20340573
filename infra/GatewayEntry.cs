namespace PushGateway.Infra;

/// <summary>Where pushes over HTTP come in.</summary>
public enum GatewayEntry
{
    /// <summary>A Lambda Function URL. It hands the path on as it was sent.</summary>
    FunctionUrl,

    /// <summary>
    /// An API Gateway HTTP API. It decodes the path before Api sees it: <c>%2F</c> in a grouping key is then a slash. A value that has one goes as
    /// <c>label@base64</c>. It answers within 30 s.
    /// </summary>
    HttpApi,

    /// <summary>None: there is no Api function. Pushes come through the queue, or by invoking Worker.</summary>
    None,
}
