using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using PushGateway.Aws.SigV4;

namespace PushGateway.Aws.Secrets;

/// <summary>
/// Reads a secret or a parameter, decrypted. Credentials come from the SDK's default chain. They need <c>secretsmanager:GetSecretValue</c>
/// or <c>ssm:GetParameter</c>, and <c>kms:Decrypt</c> when the key is a customer's own. Safe for concurrent use.
/// </summary>
public sealed class SecretReader
{
    // A secret has at most 64 KiB.
    private const int MaxAnswerBytes = 1024 * 1024;

    private static readonly MediaTypeHeaderValue Json = new("application/x-amz-json-1.1");

    // Both services answer within milliseconds. With the pauses, a call that cannot succeed ends within ten seconds.
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(3);

    // When many functions start at once, their calls are throttled: Parameter Store answers 40 calls a second.
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(400)];

    private readonly SecretArn _arn;
    private readonly Uri _endpoint;
    private readonly TimeProvider _time;
    private readonly Func<HttpMessageHandler, HttpMessageHandler> _sign;

    /// <summary>Creates the reader; nothing is called yet.</summary>
    public SecretReader(SecretOptions options, TimeProvider time)
        : this(options, time, inner => new SigV4SigningHandler(options.Arn.Region, time, options.Arn.Service) { InnerHandler = inner })
    {
    }

    internal SecretReader(SecretOptions options, TimeProvider time, Func<HttpMessageHandler, HttpMessageHandler> sign)
    {
        _arn = options.Arn;
        _endpoint = options.Endpoint ?? options.Arn.Endpoint;
        _time = time;
        _sign = sign;
    }

    private string Service => _arn.IsParameter ? "Parameter Store" : "Secrets Manager";

    /// <summary>Reads the current text. A failure that may pass is tried three times.</summary>
    /// <exception cref="SecretUnavailableException">The text cannot be read.</exception>
    public async Task<string> ReadAsync(CancellationToken cancellationToken)
    {
        // Reads are minutes apart, so no connection is kept for the next one.
        using var client = new HttpClient(_sign(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }))
        {
            MaxResponseContentBufferSize = MaxAnswerBytes,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        foreach (var pause in Pauses)
        {
            try
            {
                return await ReadOnceAsync(client, cancellationToken);
            }
            catch (SecretUnavailableException exception) when (exception.MayPass)
            {
                await Task.Delay(pause, _time, cancellationToken);
            }
        }

        return await ReadOnceAsync(client, cancellationToken);
    }

    private async Task<string> ReadOnceAsync(HttpClient client, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(AttemptTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var request = CreateRequest();
            using var response = await client.SendAsync(request, either.Token);
            return TextOf(response.StatusCode, await response.Content.ReadAsByteArrayAsync(either.Token));
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SecretUnavailableException($"{Service} did not answer in time for {_arn.Text}.", mayPass: true, exception);
        }
        catch (HttpRequestException exception)
        {
            throw new SecretUnavailableException($"{Service} cannot be reached for {_arn.Text}: {exception.Message}", mayPass: true, exception);
        }
    }

    private HttpRequestMessage CreateRequest()
    {
        var body = _arn.IsParameter ? new SecretRequest(null, _arn.Text, WithDecryption: true) : new SecretRequest(_arn.Text, null, null);
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, SecretJsonContext.Default.SecretRequest));
        content.Headers.ContentType = Json;
        return new HttpRequestMessage(HttpMethod.Post, _endpoint)
        {
            Content = content,
            Headers = { { "X-Amz-Target", _arn.IsParameter ? "AmazonSSM.GetParameter" : "secretsmanager.GetSecretValue" } },
        };
    }

    private string TextOf(HttpStatusCode status, byte[] body)
    {
        var answer = Parse(body);
        if (status != HttpStatusCode.OK)
        {
            throw Failure(status, answer);
        }

        return (_arn.IsParameter ? answer?.Parameter?.Value : answer?.SecretString)
            ?? throw new SecretUnavailableException($"{Service} has no text for {_arn.Text}.", mayPass: false);
    }

    private SecretUnavailableException Failure(HttpStatusCode status, SecretAnswer? answer)
    {
        var code = answer?.ErrorType is { } type ? type[(type.IndexOf('#', StringComparison.Ordinal) + 1)..] : $"HTTP {(int)status}";
        var mayPass = (int)status >= 500 || status == HttpStatusCode.TooManyRequests || code.Contains("Throttl", StringComparison.OrdinalIgnoreCase);
        return new SecretUnavailableException(
            code switch
            {
                "ResourceNotFoundException" or "ParameterNotFound" => $"{Service} has no {_arn.Text} ({code}).",
                "AccessDeniedException" => $"{Service} refuses access to {_arn.Text} ({code}): {answer?.Message}",
                _ => $"{Service} failed for {_arn.Text} ({code}): {answer?.Message}",
            },
            mayPass);
    }

    // Returns null for a body that is not JSON. The parser's error is dropped because it would quote the body.
    private static SecretAnswer? Parse(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, SecretJsonContext.Default.SecretAnswer);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
