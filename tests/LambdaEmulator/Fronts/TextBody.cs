using System.Net.Http.Headers;
using System.Text;

namespace PushGateway.LambdaEmulator;

/// <summary>Decides which bodies are text in an event. The others are base64.</summary>
static class TextBody
{
    /// <summary>
    /// Text, JSON, XML and JavaScript, not compressed. The types are listed at
    /// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html. A form is not one of them.
    /// </summary>
    internal static bool IsText(FrontRequest request)
    {
        if (request.Header("Content-Encoding") is { Length: > 0 } encoding && encoding != "identity")
            return false;
        if (!MediaTypeHeaderValue.TryParse(request.Header("Content-Type"), out var type) || type.MediaType is not { } media)
            return false;
        media = media.ToLowerInvariant();
        return media.StartsWith("text/", StringComparison.Ordinal)
            || media is "application/json" or "application/xml" or "application/javascript"
            || media.EndsWith("+json", StringComparison.Ordinal)
            || media.EndsWith("+xml", StringComparison.Ordinal);
    }

    /// <summary>The body as it stands in an event. As in AWS, bytes of a text that are not UTF-8 are lost.</summary>
    internal static string Encode(byte[] body, bool isText) => isText ? Encoding.UTF8.GetString(body) : Convert.ToBase64String(body);
}
