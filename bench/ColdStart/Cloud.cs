using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;

namespace PushGateway.Bench.ColdStart;

/// <summary>
/// The services that the functions call, in this process: a Runtime API that hands out one event at a time, an SQS that accepts every
/// message, and a remote write target that accepts every request. They do as little as possible, because they are not what is measured.
/// </summary>
internal sealed class Cloud : IAsyncDisposable
{
    public const string Region = "eu-central-1";
    public const string QueueArn = "arn:aws:sqs:eu-central-1:000000000000:bench";

    private readonly WebApplication _app;
    private readonly Channel<byte[]> _events = Channel.CreateUnbounded<byte[]>();
    private readonly Channel<long> _polls = Channel.CreateUnbounded<long>();
    private readonly Channel<long> _answers = Channel.CreateUnbounded<long>();
    private Task _poll = Task.CompletedTask;
    private int _lastId;

    private Cloud(WebApplication app)
    {
        _app = app;
        app.MapGet("/2018-06-01/runtime/invocation/next", NextAsync);
        app.MapPost("/2018-06-01/runtime/invocation/{id}/response", AnsweredAsync);
        app.MapPost("/2018-06-01/runtime/invocation/{id}/error", FailedAsync);
        app.MapPost("/2018-06-01/runtime/init/error", FailedAsync);
        app.MapPost("/sqs/{**path}", SendAsync);
        app.MapPost("/write", static async (HttpRequest request) =>
        {
            await request.Body.CopyToAsync(Stream.Null);
            return Results.NoContent();
        });
    }

    /// <summary>Timestamps of <see cref="Stopwatch"/> at the requests for an event.</summary>
    public ChannelReader<long> Polls => _polls.Reader;

    /// <summary>Timestamps of <see cref="Stopwatch"/> at the answers to events.</summary>
    public ChannelReader<long> Answers => _answers.Reader;

    private string Address => _app.Urls.First();

    public static async Task<Cloud> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var cloud = new Cloud(builder.Build());
        await cloud._app.StartAsync();
        return cloud;
    }

    /// <summary>Gives this event to the next request for one.</summary>
    public void Send(byte[] functionEvent) => _events.Writer.TryWrite(functionEvent);

    /// <summary>The environment variables of a function.</summary>
    public Dictionary<string, string> Environment() => new()
    {
        ["AWS_LAMBDA_RUNTIME_API"] = new Uri(Address).Authority,
        ["AWS_LAMBDA_FUNCTION_NAME"] = "bench",
        ["AWS_REGION"] = Region,
        ["AWS_ACCESS_KEY_ID"] = "bench",
        ["AWS_SECRET_ACCESS_KEY"] = "bench",
        ["AWS_ENDPOINT_URL_SQS"] = Address + "/sqs",
        ["PUSHGATEWAY_QUEUE_URL"] = Address + "/sqs/000000000000/bench",
        ["PROMETHEUS_REMOTE_WRITE_URL"] = Address + "/write",
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Waits until the last request for an event is answered, or is aborted because its process has ended.</summary>
    public Task PollEndedAsync() => _poll;

    private async Task NextAsync(HttpContext http)
    {
        var poll = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _poll = poll.Task;
        _polls.Writer.TryWrite(Stopwatch.GetTimestamp());
        byte[] next;
        try
        {
            next = await _events.Reader.ReadAsync(http.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            return;
        }
        finally
        {
            poll.SetResult();
        }

        http.Response.Headers["Lambda-Runtime-Aws-Request-Id"] = (++_lastId).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers["Lambda-Runtime-Deadline-Ms"] =
            DateTimeOffset.UtcNow.AddMinutes(1).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        http.Response.Headers["Lambda-Runtime-Invoked-Function-Arn"] = "arn:aws:lambda:eu-central-1:000000000000:function:bench";
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = next.Length;
        await http.Response.Body.WriteAsync(next);
    }

    private async Task<IResult> AnsweredAsync(HttpRequest request)
    {
        var answered = Stopwatch.GetTimestamp();
        using var reader = new StreamReader(request.Body);
        var answer = await reader.ReadToEndAsync();
        if (answer.Contains("\"statusCode\":", StringComparison.Ordinal) && !answer.Contains("\"statusCode\":202", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The function refused the push: {answer}");
        }

        _answers.Writer.TryWrite(answered);
        return Results.StatusCode(StatusCodes.Status202Accepted);
    }

    private async Task<IResult> FailedAsync(HttpRequest request)
    {
        using var reader = new StreamReader(request.Body);
        _answers.Writer.TryComplete(new InvalidOperationException($"The function failed: {await reader.ReadToEndAsync()}"));
        return Results.StatusCode(StatusCodes.Status202Accepted);
    }

    // SendMessage and SendMessageBatch of the JSON protocol. The SDK checks the digest of the body that it sent.
    private static async Task SendAsync(HttpContext http)
    {
        using var request = await JsonDocument.ParseAsync(http.Request.Body);
        http.Response.ContentType = "application/x-amz-json-1.0";
        using var stream = new MemoryStream();
        await using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            if (request.RootElement.TryGetProperty("Entries", out var entries))
            {
                json.WriteStartArray("Successful");
                foreach (var entry in entries.EnumerateArray())
                {
                    json.WriteStartObject();
                    json.WriteString("Id", entry.GetProperty("Id").GetString());
                    WriteReceipt(json, entry);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }
            else
            {
                WriteReceipt(json, request.RootElement);
            }

            json.WriteEndObject();
        }

        await http.Response.Body.WriteAsync(stream.ToArray());
    }

    private static void WriteReceipt(Utf8JsonWriter json, JsonElement message)
    {
        var body = Encoding.UTF8.GetBytes(message.GetProperty("MessageBody").GetString()!);
        json.WriteString("MessageId", "1");
#pragma warning disable CA5351 // SQS itself uses this digest.
        json.WriteString("MD5OfMessageBody", Convert.ToHexStringLower(MD5.HashData(body)));
#pragma warning restore CA5351
    }
}
