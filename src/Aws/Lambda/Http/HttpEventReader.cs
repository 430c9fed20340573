using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Microsoft.Extensions.Primitives;

namespace PushGateway.Aws.Lambda.Http;

/// <summary>Reads HTTP events: payload format 2.0 (Function URLs, HTTP APIs) and 1.0 (HTTP APIs, REST APIs and ALBs).</summary>
internal static class HttpEventReader
{
    /// <exception cref="InvocationException">The event is not an HTTP request.</exception>
    public static HttpEvent Read(ReadOnlySpan<byte> json)
    {
        var http = new HttpEvent();
        try
        {
            Read(json, http);
            return http;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            http.Dispose();
            throw InvocationException.Invalid($"The event is not an HTTP request of payload format 2.0 or 1.0: {exception.Message}", exception);
        }
        catch
        {
            http.Dispose();
            throw;
        }
    }

    private static void Read(ReadOnlySpan<byte> json, HttpEvent http)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        Require(reader.TokenType == JsonTokenType.StartObject, "it is not a JSON object");
        StringValues cookies = default;
        var base64 = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("version"u8))
            {
                http.Version = Text(ref reader);
            }
            else if (reader.ValueTextEquals("rawPath"u8) || reader.ValueTextEquals("path"u8))
            {
                http.Path = Text(ref reader);
            }
            else if (reader.ValueTextEquals("httpMethod"u8))
            {
                http.Method = Text(ref reader);
            }
            else if (reader.ValueTextEquals("rawQueryString"u8))
            {
                http.RawQuery = Text(ref reader);
            }
            else if (reader.ValueTextEquals("headers"u8))
            {
                ReadHeaders(ref reader, http, lists: false);
            }
            else if (reader.ValueTextEquals("multiValueHeaders"u8))
            {
                ReadHeaders(ref reader, http, lists: true);
            }
            else if (reader.ValueTextEquals("queryStringParameters"u8))
            {
                ReadQuery(ref reader, http, lists: false);
            }
            else if (reader.ValueTextEquals("multiValueQueryStringParameters"u8))
            {
                ReadQuery(ref reader, http, lists: true);
            }
            else if (reader.ValueTextEquals("cookies"u8))
            {
                reader.Read();
                cookies = Values(ref reader);
            }
            else if (reader.ValueTextEquals("requestContext"u8))
            {
                ReadContext(ref reader, http);
            }
            else if (reader.ValueTextEquals("body"u8))
            {
                ReadBody(ref reader, http);
            }
            else if (reader.ValueTextEquals("isBase64Encoded"u8))
            {
                reader.Read();
                base64 = reader.TokenType == JsonTokenType.True;
            }
            else
            {
                reader.Skip();
            }
        }

        Require(http.Method is { Length: > 0 } && http.Path is not null, "it has no method or no path");
        if (cookies.Count > 0)
        {
            http.Headers.Cookie = string.Join("; ", cookies.ToArray());
        }

        if (base64)
        {
            UndoBase64(http);
        }
    }

    private static void ReadContext(ref Utf8JsonReader reader, HttpEvent http)
    {
        if (!TryEnterObject(ref reader, "requestContext is not an object"))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("http"u8) || reader.ValueTextEquals("identity"u8))
            {
                ReadConnection(ref reader, http);
            }
            else if (reader.ValueTextEquals("elb"u8))
            {
                http.FromLoadBalancer = true;
                reader.Skip();
            }
            else if (reader.ValueTextEquals("path"u8))
            {
                http.ContextPath = Text(ref reader);
            }
            else if (reader.ValueTextEquals("protocol"u8))
            {
                http.Protocol = Text(ref reader);
            }
            else if (reader.ValueTextEquals("stage"u8))
            {
                http.Stage = Text(ref reader);
            }
            else if (reader.ValueTextEquals("domainName"u8))
            {
                http.DomainName = Text(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    // Reads requestContext.http of 2.0 or requestContext.identity of 1.0.
    private static void ReadConnection(ref Utf8JsonReader reader, HttpEvent http)
    {
        if (!TryEnterObject(ref reader, "requestContext.http or .identity is not an object"))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("method"u8))
            {
                http.Method = Text(ref reader);
            }
            else if (reader.ValueTextEquals("protocol"u8))
            {
                http.Protocol = Text(ref reader);
            }
            else if (reader.ValueTextEquals("sourceIp"u8))
            {
                http.SourceIp = Text(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    // When an event has headers in both forms, the lists win: they hold every value.
    private static void ReadHeaders(ref Utf8JsonReader reader, HttpEvent http, bool lists)
    {
        foreach (var (name, values) in Pairs(ref reader))
        {
            if (lists || !http.HasHeaderLists)
            {
                http.Headers[name] = values;
            }

            http.HasHeaderLists |= lists;
        }
    }

    private static void ReadQuery(ref Utf8JsonReader reader, HttpEvent http, bool lists)
    {
        var pairs = Pairs(ref reader);
        if (!lists && http.Query.Count > 0)
        {
            return;
        }

        if (pairs.Count > 0)
        {
            http.Query.Clear();
        }

        foreach (var (name, values) in pairs)
        {
            foreach (var value in values)
            {
                http.Query.Add(new(name, value ?? ""));
            }
        }
    }

    private static List<KeyValuePair<string, StringValues>> Pairs(ref Utf8JsonReader reader)
    {
        var pairs = new List<KeyValuePair<string, StringValues>>();
        if (!TryEnterObject(ref reader, "headers or query string parameters are not an object"))
        {
            return pairs;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            if (Values(ref reader) is { Count: > 0 } values)
            {
                pairs.Add(new(name, values));
            }
        }

        return pairs;
    }

    // A string, a list of strings, or null.
    private static StringValues Values(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return reader.GetString();
        }

        StringValues values = default;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            values = StringValues.Concat(values, reader.GetString());
        }

        return values;
    }

    private static void ReadBody(ref Utf8JsonReader reader, HttpEvent http)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        Require(reader.TokenType == JsonTokenType.String, "its body is not a string");
        http.Body.Reset();
        http.Body.Advance(reader.CopyString(http.Body.GetSpan(reader.ValueSpan.Length)));
        http.HasBody = true;
    }

    private static void UndoBase64(HttpEvent http)
    {
        var length = http.Body.Written.Length;
        http.Body.Reset();
        var status = Base64.DecodeFromUtf8InPlace(http.Body.GetSpan(length)[..length], out var written);
        Require(status == OperationStatus.Done, "its body is not base64");
        http.Body.Advance(written);
    }

    // Returns false for null, which counts as missing.
    private static bool TryEnterObject(ref Utf8JsonReader reader, string otherwise)
    {
        reader.Read();
        Require(reader.TokenType is JsonTokenType.StartObject or JsonTokenType.Null, otherwise);
        return reader.TokenType == JsonTokenType.StartObject;
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString();
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new JsonException(otherwise);
        }
    }
}
