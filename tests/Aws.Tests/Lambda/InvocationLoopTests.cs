using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using PushGateway.Aws.Lambda;
using PushGateway.Aws.Lambda.Metrics;
using PushGateway.Buffers;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Aws.Tests.Lambda;

[Collection(LambdaTests.Name)]
public sealed class InvocationLoopTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_are_answered_one_after_the_other()
    {
        await using var function = await StartAsync((invocation, response, _) => Write(response, $"\"{invocation.RequestId}:{Encoding.UTF8.GetString(invocation.Event.Span)}\""));

        var first = await function.Api.InvokeAsync("1", id: "a");
        var second = await function.Api.InvokeAsync("2", id: "b");

        Assert.Equal("invocation/a/response", first.Path);
        Assert.Equal("application/json", first.ContentType);
        Assert.Equal("a:1", (string)first.Json!);
        Assert.Equal("b:2", (string)second.Json!);
        await Poll.UntilAsync(() => function.Api.Calls.Count == 5, "the third poll", cancellationToken: Cancellation);
        Assert.Equal(["next", "invocation/a/response", "next", "invocation/b/response", "next"], function.Api.Calls);
    }

    [Fact]
    public async Task Nothing_is_asked_for_before_the_host_has_started()
    {
        var gate = new TaskCompletionSource();
        await using var api = await ScriptedRuntimeApi.StartAsync();
        await using var function = await FunctionHost.StartAsync(
            services => services
                .AddSingleton<IInvocationHandler>(new ScriptedHandler((_, response, _) => Write(response, "1")))
                .AddHostedService(_ => new SlowStart(gate.Task)),
            api,
            started: false);

        using var registration = function.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(() => api.Mark("started"));
        var starting = function.Services.GetRequiredService<IHost>().StartAsync(Cancellation);
        gate.SetResult();
        await starting;

        Assert.False((await api.InvokeAsync("{}")).IsError);
        Assert.Equal(["started", "next"], api.Calls.Take(2));
    }

    [Fact]
    public async Task The_trace_header_is_in_the_environment_during_its_invocation_and_no_longer()
    {
        await using var function = await StartAsync((_, response, _) => Write(response, $"\"{Environment.GetEnvironmentVariable("_X_AMZN_TRACE_ID") ?? "none"}\""));

        Assert.Equal("Root=1-5759e988-bd862e3fe1be46a994272793", (string)(await function.Api.InvokeAsync("{}", traceId: "Root=1-5759e988-bd862e3fe1be46a994272793")).Json!);
        Assert.Equal("none", (string)(await function.Api.InvokeAsync("{}")).Json!);
    }

    [Fact]
    public async Task An_exception_is_an_error_with_type_and_message_and_the_next_event_is_answered()
    {
        var fail = true;
        await using var function = await StartAsync((_, response, _) => fail ? throw new FormatException("half a \"sentence\"") : Write(response, "1"));

        var error = await function.Api.InvokeAsync("{}", id: "a");
        fail = false;
        var response = await function.Api.InvokeAsync("{}");

        Assert.Equal("invocation/a/error", error.Path);
        Assert.Equal("Function.FormatException", error.ErrorType);
        Assert.Equal("application/vnd.aws.lambda.error+json", error.ContentType);
        Assert.Equal("""{"errorMessage":"half a \"sentence\"","errorType":"Function.FormatException","stackTrace":[]}""", Encoding.UTF8.GetString(error.Body));
        Assert.False(response.IsError);
    }

    [Fact]
    public async Task What_was_written_before_an_exception_is_not_an_answer()
    {
        await using var function = await StartAsync(async (_, response, _) =>
        {
            await Write(response, """{"batchItemFailures":[]}""");
            throw new IOException("too late");
        });

        Assert.Equal("Function.IOException", (await function.Api.InvokeAsync("{}")).ErrorType);
    }

    [Fact]
    public async Task An_empty_answer_is_an_error_for_Lambda_would_take_it_for_null()
    {
        await using var function = await StartAsync((_, _, _) => ValueTask.CompletedTask);

        Assert.Equal("Function.ResponseMissing", (await function.Api.InvokeAsync("{}")).ErrorType);
    }

    [Fact]
    public async Task The_work_is_cancelled_a_margin_before_the_deadline_and_the_error_says_so()
    {
        var left = TimeSpan.Zero;
        await using var function = await StartAsync(async (invocation, _, token) =>
        {
            var cancelled = new TaskCompletionSource();
            await using var registration = token.Register(() =>
            {
                left = invocation.Deadline - DateTimeOffset.UtcNow;
                cancelled.SetResult();
            });
            await cancelled.Task;
            token.ThrowIfCancellationRequested();
        });

        var error = await function.Api.InvokeAsync("{}", TimeSpan.FromSeconds(1));

        Assert.Equal("Function.DeadlineExceeded", error.ErrorType);
        Assert.Equal("The time for this event was up.", error.ErrorMessage);

        // Never earlier than the margin, but for the clock's own grain; a loaded machine may be late.
        Assert.True(left <= InvocationLoop.DeadlineMargin + TimeSpan.FromMilliseconds(50), left.ToString());
    }

    [Fact]
    public async Task An_event_whose_time_is_up_already_is_cancelled_at_once()
    {
        await using var function = await StartAsync((_, _, token) =>
        {
            token.ThrowIfCancellationRequested();
            return ValueTask.CompletedTask;
        });

        Assert.Equal("Function.DeadlineExceeded", (await function.Api.InvokeAsync("{}", TimeSpan.Zero)).ErrorType);
    }

    [Fact]
    public async Task An_answer_that_Lambda_finds_too_large_is_followed_by_an_error()
    {
        await using var function = await StartAsync((_, response, _) => Write(response, "\"large\""));
        function.Api.PostStatus = path => path.EndsWith("/response", StringComparison.Ordinal) ? 413 : 202;

        var error = await function.Api.InvokeAsync("{}", id: "a");

        Assert.Equal("Function.ResponseSizeTooLarge", error.ErrorType);
        Assert.Equal(["next", "invocation/a/response", "invocation/a/error"], function.Api.Calls.Take(3));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    public async Task An_answer_that_Lambda_does_not_want_any_more_costs_nothing_but_that(int status)
    {
        await using var function = await StartAsync((_, response, _) => Write(response, "1"));
        function.Api.PostStatus = path => path == "invocation/late/response" ? status : 202;

        _ = function.Api.InvokeAsync("{}", id: "late");

        Assert.False((await function.Api.InvokeAsync("{}", id: "next")).IsError);
    }

    [Fact]
    public Task The_process_ends_with_an_error_when_the_next_event_cannot_be_had() => EndsAsync(api => api.NextStatus = 500);

    [Fact]
    public Task The_process_ends_with_an_error_when_an_answer_meets_a_container_error() => EndsAsync(api =>
    {
        api.PostStatus = _ => 500;
        _ = api.InvokeAsync("{}");
    });

    [Fact]
    public async Task An_event_that_was_handed_out_is_answered_although_the_host_stops()
    {
        var handling = new TaskCompletionSource();
        var stopped = new TaskCompletionSource();
        await using var function = await StartAsync(async (_, response, _) =>
        {
            handling.SetResult();
            await stopped.Task;
            await Write(response, "1");
        });
        var answer = function.Api.InvokeAsync("{}");
        await handling.Task;

        var stopping = function.StopAsync(Cancellation);
        function.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.WaitHandle.WaitOne();
        stopped.SetResult();

        Assert.False((await answer).IsError);
        await stopping;
    }

    [Fact]
    public async Task Telemetry_is_flushed_after_the_answer_and_before_the_next_poll()
    {
        await using var api = await ScriptedRuntimeApi.StartAsync();
        var seen = new List<string>();
        await using var function = await StartAsync((_, response, _) => Write(response, "1"), api, flush: _ => seen.AddRange(api.Calls));

        await api.InvokeAsync("{}", id: "a");

        await Poll.UntilAsync(() => api.Calls.Count == 3, "the second poll", cancellationToken: Cancellation);
        Assert.Equal(["next", "invocation/a/response"], seen);
    }

    [Fact]
    public async Task Neither_a_flush_that_hangs_nor_one_that_throws_holds_up_the_next_event()
    {
        using var forever = new ManualResetEventSlim();
        await using var function = await StartAsync(
            (_, response, _) => Write(response, "1"),
            flush: timeout =>
            {
                Assert.InRange(timeout, TimeSpan.Zero, InvocationLoop.FlushTimeout);
                forever.Wait(Cancellation);
                throw new IOException("the collector is gone");
            });

        for (var i = 0; i < 3; i++)
        {
            Assert.False((await function.Api.InvokeAsync("{}")).IsError);
        }

        forever.Set();
        Assert.False((await function.Api.InvokeAsync("{}")).IsError);
    }

    [Fact]
    public async Task Metrics_are_written_after_the_answer_and_before_the_next_poll()
    {
        await using var api = await ScriptedRuntimeApi.StartAsync();
        using var meter = new Meter($"test-{Guid.NewGuid()}");
        var pushes = meter.CreateCounter<long>("pushes");
        await using var output = new MarkingWriter(api);
        await using var function = await StartAsync(
            (_, response, _) =>
            {
                pushes.Add(1);
                return Write(response, "1");
            },
            api,
            configure: services => services.AddSingleton(new EmbeddedMetrics(meter.Name, "PushGateway", "tested", output, TimeProvider.System)));

        await api.InvokeAsync("{}", id: "a");
        await api.InvokeAsync("{}", id: "b");

        await Poll.UntilAsync(() => api.Calls.Count == 7, "the third poll", cancellationToken: Cancellation);
        Assert.Equal(
            ["next", "invocation/a/response", "pushes 1", "next", "invocation/b/response", "pushes 1", "next"],
            api.Calls);
    }

    [Fact]
    public async Task Metrics_that_cannot_be_written_cost_nothing_but_that()
    {
        using var meter = new Meter($"test-{Guid.NewGuid()}");
        var pushes = meter.CreateCounter<long>("pushes");
        var closed = new StringWriter();
        await closed.DisposeAsync();
        using var metrics = new EmbeddedMetrics(meter.Name, "PushGateway", "tested", closed, TimeProvider.System);
        await using var function = await StartAsync(
            (_, response, _) =>
            {
                pushes.Add(1);
                return Write(response, "1");
            },
            configure: services => services.AddSingleton(metrics));

        Assert.False((await function.Api.InvokeAsync("{}")).IsError);
        Assert.False((await function.Api.InvokeAsync("{}")).IsError);
    }

    [Fact]
    public async Task Telemetry_is_made_when_the_first_event_is_there_and_before_it_is_handled()
    {
        await using var api = await ScriptedRuntimeApi.StartAsync();
        await using var function = await StartAsync(
            (invocation, response, _) =>
            {
                api.Mark($"handle {invocation.RequestId}");
                return Write(response, "1");
            },
            api,
            configure: services => services.AddLambdaTelemetry<Action<string>>(_ =>
            {
                api.Mark("make");
                return api.Mark;
            }, (telemetry, _) => telemetry("flush")));

        await api.InvokeAsync("{}", id: "a");
        await api.InvokeAsync("{}", id: "b");

        await Poll.UntilAsync(() => api.Calls.Count == 10, "the third poll", cancellationToken: Cancellation);
        Assert.Equal(
            [
                "next", "make", "handle a", "invocation/a/response", "flush",
                "next", "handle b", "invocation/b/response", "flush",
                "next",
            ],
            api.Calls);
    }

    [Fact]
    public async Task Telemetry_that_cannot_be_made_costs_nothing_but_that()
    {
        await using var function = await StartAsync(
            (_, response, _) => Write(response, "1"),
            configure: services => services.AddLambdaTelemetry<string>(_ => throw new IOException("no telemetry"), (_, _) => { }));

        Assert.False((await function.Api.InvokeAsync("{}")).IsError);
        Assert.False((await function.Api.InvokeAsync("{}")).IsError);
    }

    [Fact]
    public async Task What_keeps_the_function_from_starting_is_reported()
    {
        await using var api = await ScriptedRuntimeApi.StartAsync();
        using var client = new RuntimeApiClient(api.Address);

        await client.FailInitAsync("Runtime.SettingsException", "PUSHGATEWAY_QUEUE_URL: \"x\" is not a URL.");

        var answer = await api.AnswerAsync("init");
        Assert.Equal("init/error", answer.Path);
        Assert.Equal("Runtime.SettingsException", answer.ErrorType);
        Assert.Equal("PUSHGATEWAY_QUEUE_URL: \"x\" is not a URL.", answer.ErrorMessage);
    }

    private static async Task EndsAsync(Action<ScriptedRuntimeApi> script)
    {
        await using var api = await ScriptedRuntimeApi.StartAsync();
        script(api);
        try
        {
            await using var function = await StartAsync((_, response, _) => Write(response, "1"), api);
            await function.Services.GetRequiredService<IHost>().WaitForShutdownAsync(Cancellation).WaitAsync(Poll.DefaultDeadline, Cancellation);
            Assert.Equal(1, Environment.ExitCode);
        }
        finally
        {
            Environment.ExitCode = 0;
        }
    }

    private static Task<FunctionHost> StartAsync(
        Func<Invocation, PooledBuffer, CancellationToken, ValueTask> handle,
        ScriptedRuntimeApi? api = null,
        TelemetryFlush? flush = null,
        Action<IServiceCollection>? configure = null) =>
        FunctionHost.StartAsync(
            services =>
            {
                services.AddSingleton<IInvocationHandler>(new ScriptedHandler(handle));
                if (flush is not null)
                {
                    services.AddSingleton(flush);
                }

                configure?.Invoke(services);
            },
            api);

    private static ValueTask Write(PooledBuffer response, string json)
    {
        Encoding.UTF8.GetBytes(json, response);
        return ValueTask.CompletedTask;
    }

    // Puts the name and the value of the one metric among the calls.
    private sealed class MarkingWriter(ScriptedRuntimeApi api) : StringWriter
    {
        public override void Write(char[] buffer, int index, int count)
        {
            var metric = Assert.Single(EmbeddedMetricFormat.Read(new string(buffer, index, count).TrimEnd('\n')));
            api.Mark($"{metric.Name} {metric.Sum.ToString(CultureInfo.InvariantCulture)}");
        }
    }

    private sealed class SlowStart(Task gate) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => gate;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
