using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace PushGateway.Aws.Tests.Lambda;

/// <summary>What whoever sent the event gets back.</summary>
[Collection(LambdaTests.Name)]
public sealed class HttpResponseTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task To_payload_2_0_headers_are_joined_and_cookies_apart()
    {
        var answer = await AnswerAsync("function-url", http =>
        {
            http.Response.StatusCode = 202;
            http.Response.ContentType = "text/plain";
            http.Response.Headers.Append("x-list", "a");
            http.Response.Headers.Append("x-list", "b");
            http.Response.Cookies.Append("first", "1");
            http.Response.Cookies.Append("second", "2");
            return http.Response.WriteAsync("Grüße, \"<&>\"\n");
        });

        AssertJson(
            """{"statusCode":202,"headers":{"Content-Type":"text/plain","x-list":"a, b"},"cookies":["first=1; path=/","second=2; path=/"],"isBase64Encoded":false,"body":"Grüße, \"<&>\"\n"}""",
            answer);
    }

    [Theory]
    [InlineData("http-api-1.0")]
    [InlineData("rest-api")]
    [InlineData("alb-multi-value")]
    public async Task To_payload_1_0_headers_are_lists(string name)
    {
        var answer = await AnswerAsync(name, http =>
        {
            http.Response.Headers.Append("x-list", "a");
            http.Response.Headers.Append("x-list", "b");
            http.Response.Cookies.Append("first", "1");
            http.Response.Cookies.Append("second", "2");
            return Task.CompletedTask;
        });

        AssertJson(
            """{"statusCode":200,"multiValueHeaders":{"x-list":["a","b"],"Set-Cookie":["first=1; path=/","second=2; path=/"]},"isBase64Encoded":false,"body":""}""",
            answer);
    }

    [Fact]
    public async Task To_a_load_balancer_without_multi_value_headers_each_header_has_one_value() => AssertJson(
        """{"statusCode":200,"headers":{"x-list":"b"},"isBase64Encoded":false,"body":""}""",
        await AnswerAsync("alb", http =>
        {
            http.Response.Headers.Append("x-list", "a");
            http.Response.Headers.Append("x-list", "b");
            return Task.CompletedTask;
        }));

    [Theory]
    [InlineData("text/plain; version=0.0.4; charset=utf-8", null, false)]
    [InlineData("text/html", null, false)]
    [InlineData("application/json", null, false)]
    [InlineData("application/problem+json; charset=utf-8", null, false)]
    [InlineData("application/xml", null, false)]
    [InlineData("image/svg+xml", null, false)]
    [InlineData("application/octet-stream", null, true)]
    [InlineData("image/png", null, true)]
    [InlineData("application/vnd.google.protobuf", null, true)]
    [InlineData(null, null, true)]
    [InlineData("text/plain", "gzip", true)]
    public async Task Whatever_is_not_text_json_or_xml_is_base64(string? contentType, string? contentEncoding, bool base64)
    {
        var answer = await AnswerAsync("function-url", http =>
        {
            http.Response.ContentType = contentType;
            http.Response.Headers.ContentEncoding = contentEncoding;
            return http.Response.Body.WriteAsync("content"u8.ToArray()).AsTask();
        });

        Assert.Equal(base64, (bool)answer.Json["isBase64Encoded"]!);
        Assert.Equal("content", answer.HttpText);
    }

    [Fact]
    public async Task Text_that_is_not_UTF_8_is_base64_and_arrives_as_it_is()
    {
        byte[] latin1 = [0x4B, 0xFC, 0x63, 0x68, 0x65];
        var answer = await AnswerAsync("function-url", http =>
        {
            http.Response.ContentType = "text/plain; charset=iso-8859-1";
            return http.Response.Body.WriteAsync(latin1).AsTask();
        });

        Assert.Equal(latin1, answer.HttpBody);
    }

    [Fact]
    public async Task To_HEAD_goes_the_length_and_no_body()
    {
        var answer = await AnswerAsync(
            HttpRequestTests.Event("HEAD", "/", "url-id.lambda-url.us-west-2.on.aws", "$default").ToJsonString(),
            http =>
            {
                http.Response.ContentType = "text/plain";
                http.Response.ContentLength = 7;
                return http.Response.WriteAsync("content");
            },
            name: null);

        AssertJson("""{"statusCode":200,"headers":{"Content-Type":"text/plain","Content-Length":"7"},"isBase64Encoded":false,"body":""}""", answer);
    }

    [Fact]
    public async Task The_length_of_a_body_is_the_fronts_to_say() => AssertJson(
        """{"statusCode":200,"headers":{"Content-Type":"text/plain"},"isBase64Encoded":false,"body":"content"}""",
        await AnswerAsync("function-url", http =>
        {
            http.Response.ContentType = "text/plain";
            http.Response.ContentLength = 7;
            return http.Response.WriteAsync("content");
        }));

    [Theory]
    [InlineData("text/plain", 6 * 1024 * 1024)]
    [InlineData("application/octet-stream", 5 * 1024 * 1024)]
    public async Task A_response_over_6_MB_is_answered_413(string contentType, int size)
    {
        var answer = await AnswerAsync("function-url", http =>
        {
            http.Response.ContentType = contentType;
            return http.Response.Body.WriteAsync(new byte[size].Select(_ => (byte)'a').ToArray()).AsTask();
        });

        Assert.Equal(413, answer.HttpStatus);
        Assert.Equal("The response is larger than the 6291456 bytes that Lambda takes.\n", answer.HttpText);
    }

    [Fact]
    public async Task A_response_just_under_6_MB_arrives()
    {
        var answer = await AnswerAsync("function-url", http =>
        {
            http.Response.ContentType = "text/plain";
            return http.Response.WriteAsync(new string('a', (6 * 1024 * 1024) - 200));
        });

        Assert.Equal((6 * 1024 * 1024) - 200, answer.HttpBody.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_exception_is_answered_500_even_when_half_of_the_response_was_written(bool started)
    {
        var answer = await AnswerAsync("function-url", async http =>
        {
            http.Response.ContentType = "text/plain";
            await http.Response.WriteAsync("half");
            if (started)
            {
                await http.Response.Body.FlushAsync();
                Assert.True(http.Response.HasStarted);
            }

            throw new InvalidOperationException("secret");
        });

        AssertJson("""{"statusCode":500,"headers":{},"isBase64Encoded":false,"body":""}""", answer);
    }

    [Fact]
    public async Task A_request_whose_time_is_up_is_answered_504()
    {
        var answer = await AnswerAsync("function-url", http => new TaskCompletionSource().Task.WaitAsync(http.RequestAborted), time: TimeSpan.FromSeconds(1));

        Assert.Equal(504, answer.HttpStatus);
        Assert.Equal("The time for this request was up; send it again.\n", answer.HttpText);
    }

    [Fact]
    public async Task A_request_that_was_done_as_its_time_was_up_keeps_its_answer()
    {
        var answer = await AnswerAsync(
            "function-url",
            async http =>
            {
                var cancelled = new TaskCompletionSource();
                await using var registration = http.RequestAborted.Register(cancelled.SetResult);
                await cancelled.Task;
                http.Response.StatusCode = 202;
            },
            time: TimeSpan.FromSeconds(1));

        Assert.Equal(202, answer.HttpStatus);
    }

    [Fact]
    public async Task A_request_that_the_application_aborts_is_an_error()
    {
        var answer = await AnswerAsync("function-url", http =>
        {
            http.Abort();
            return Task.CompletedTask;
        });

        Assert.Equal("Function.RequestAborted", answer.ErrorType);
    }

    [Fact]
    public async Task Once_started_a_response_stands_as_it_does_on_Kestrel()
    {
        var thrown = new List<string>();
        await AnswerAsync("function-url", async http =>
        {
            await http.Response.StartAsync();
            Try(() => http.Response.StatusCode = 500);
            Try(() => http.Response.Headers["late"] = "x");
            Try(() => http.Response.OnStarting(() => Task.CompletedTask));
            void Try(Action action) => thrown.Add(Assert.ThrowsAny<InvalidOperationException>(action).GetType().Name);
        });

        Assert.Equal(3, thrown.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Callbacks_and_services_come_in_the_order_of_Kestrel(bool throws)
    {
        var onKestrel = new List<string>();
        var onLambda = new List<string>();

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddScoped(_ => new Resource(onKestrel));
        await using (var app = builder.Build())
        {
            app.Run(http => RecordAsync(http, onKestrel, throws));
            await app.StartAsync(Cancellation);
            using var client = new HttpClient();
            using var response = await client.GetAsync(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single(), Cancellation);
            Assert.Equal(throws ? 500 : 200, (int)response.StatusCode);
            await app.StopAsync(Cancellation);
        }

        await using (var function = await FunctionHost.StartHttpAsync(
            http => RecordAsync(http, onLambda, throws), services => services.AddScoped(_ => new Resource(onLambda))))
        {
            Assert.Equal(throws ? 500 : 200, (await function.Api.InvokeAsync(GoldenEvent.Read("function-url"))).HttpStatus);
        }

        Assert.Equal(onKestrel, onLambda);
        Assert.Contains("disposed", onLambda);
    }

    private static async Task RecordAsync(HttpContext http, List<string> log, bool throws)
    {
        http.Response.OnStarting(() => Record(log, $"starting 1, started {http.Response.HasStarted}"));
        http.Response.OnCompleted(() => Record(log, "completed 1"));
        http.RequestServices.GetRequiredService<Resource>();
        http.Response.OnStarting(() => Record(log, "starting 2"));
        http.Response.OnCompleted(() => Record(log, "completed 2"));
        if (throws)
        {
            throw new InvalidOperationException("not handled");
        }

        http.Response.BodyWriter.GetMemory(1);
        log.Add($"started {http.Response.HasStarted}");
        await http.Response.WriteAsync("content");
        log.Add($"written, started {http.Response.HasStarted}");
    }

    private static Task Record(List<string> log, string entry)
    {
        log.Add(entry);
        return Task.CompletedTask;
    }

    private static Task<LambdaAnswer> AnswerAsync(string golden, RequestDelegate application, TimeSpan? time = null) =>
        AnswerAsync(GoldenEvent.Read(golden), application, golden, time);

    private static async Task<LambdaAnswer> AnswerAsync(string json, RequestDelegate application, string? name, TimeSpan? time = null)
    {
        await using var function = await FunctionHost.StartHttpAsync(application);
        return await function.Api.InvokeAsync(json, time, id: name);
    }

    private static void AssertJson(string expected, LambdaAnswer answer) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), answer.Json), $"Expected {expected}\nActual   {answer.Json.ToJsonString()}");

    private sealed class Resource(List<string> log) : IDisposable
    {
        public void Dispose() => log.Add("disposed");
    }
}
