using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace PushGateway.Aws.Lambda.Http;

/// <summary>Writes a response in the payload format of its event.</summary>
internal static class HttpResponseWriter
{
    // The reader is API Gateway, not a browser: no character of HTML needs to be escaped.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(BufferedResponse response, ResponseForm form, bool isHead, IBufferWriter<byte> destination)
    {
        var bodiless = isHead || response.StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status304NotModified;
        var body = bodiless ? default : response.Buffered.Span;
        var base64 = !IsText(response.Headers, body);
        using var json = new Utf8JsonWriter(destination, Options);
        json.WriteStartObject();
        json.WriteNumber("statusCode"u8, response.StatusCode);
        WriteHeaders(json, response.Headers, form, isHead);
        json.WriteBoolean("isBase64Encoded"u8, base64);
        if (base64)
        {
            json.WriteBase64String("body"u8, body);
        }
        else
        {
            json.WriteString("body"u8, body);
        }

        json.WriteEndObject();
    }

    private static void WriteHeaders(Utf8JsonWriter json, IHeaderDictionary headers, ResponseForm form, bool isHead)
    {
        json.WriteStartObject(form == ResponseForm.Lists ? "multiValueHeaders"u8 : "headers"u8);
        foreach (var (name, values) in headers)
        {
            if (values.Count == 0 || IsOfTheFront(name, isHead) || (form == ResponseForm.Joined && IsCookie(name)))
            {
                continue;
            }

            switch (form)
            {
                case ResponseForm.Lists:
                    json.WriteStartArray(name);
                    WriteValues(json, values);
                    json.WriteEndArray();
                    break;
                case ResponseForm.Joined:
                    json.WriteString(name, string.Join(", ", values.ToArray()));
                    break;
                default:
                    json.WriteString(name, values[^1]);
                    break;
            }
        }

        json.WriteEndObject();
        if (form == ResponseForm.Joined && headers.SetCookie is { Count: > 0 } cookies)
        {
            json.WriteStartArray("cookies"u8);
            WriteValues(json, cookies);
            json.WriteEndArray();
        }
    }

    private static void WriteValues(Utf8JsonWriter json, StringValues values)
    {
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }
    }

    private static bool IsCookie(string name) => name.Equals(HeaderNames.SetCookie, StringComparison.OrdinalIgnoreCase);

    // The front sets the length and encoding of the body itself. Only for HEAD does Content-Length stay: it says how long a GET's body
    // would be.
    private static bool IsOfTheFront(string name, bool isHead) =>
        name.Equals(HeaderNames.TransferEncoding, StringComparison.OrdinalIgnoreCase)
        || (!isHead && name.Equals(HeaderNames.ContentLength, StringComparison.OrdinalIgnoreCase));

    // Decides by the bytes as well as the content type: only valid UTF-8 survives a JSON string.
    private static bool IsText(IHeaderDictionary headers, ReadOnlySpan<byte> body) =>
        body.IsEmpty || (headers.ContentEncoding.Count == 0 && IsTextType(headers.ContentType.ToString()) && Utf8.IsValid(body));

    private static bool IsTextType(string contentType)
    {
        var type = contentType.AsSpan();
        type = (type.IndexOf(';') is var end and >= 0 ? type[..end] : type).Trim();
        return type.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("/json", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("/xml", StringComparison.OrdinalIgnoreCase)
            || type.EndsWith("+xml", StringComparison.OrdinalIgnoreCase);
    }
}
