using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.LambdaEmulator.Tests;

public class LambdaFunctionTests
{
    static readonly byte[] Event = "{\"n\":1}"u8.ToArray();

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_event_is_answered()
    {
        using var bootstrap = Bootstrap.Create(Bootstrap.Echo);
        await using var function = new LambdaFunction(bootstrap.Options);

        var result = await function.InvokeAsync(Event);

        Assert.Equal(InvocationOutcome.Succeeded, result.Outcome);
        Assert.Equal("{\"n\":1}", result.Text);
    }

    [Fact]
    public async Task A_zip_is_run_as_its_folder_is()
    {
        using var bootstrap = Bootstrap.Create(Bootstrap.Echo);
        using var folder = new TempFolder();
        var zip = folder.Combine("function.zip");
        ZipFile.CreateFromDirectory(bootstrap.Package, zip);
        await using var function = new LambdaFunction(bootstrap.Options with { Package = zip });

        Assert.Equal("{\"n\":1}", (await function.InvokeAsync(Event)).Text);
    }

    [Fact]
    public void A_package_without_an_executable_bootstrap_is_refused()
    {
        using var folder = new TempFolder();
        Assert.Throws<InvalidDataException>(() => new LambdaFunction(new FunctionOptions { Package = folder.FullPath }));
        File.WriteAllText(folder.Combine("bootstrap"), "#!/bin/sh");
        Assert.Throws<InvalidDataException>(() => new LambdaFunction(new FunctionOptions { Package = folder.FullPath }));
    }

    [Fact]
    public async Task Nothing_runs_between_invocations()
    {
        // The child that counts is in the sandbox too.
        using var bootstrap = Bootstrap.Create("""
            child = os.fork()
            while child == 0:
                note("count", ".")
                time.sleep(0.001)
            note("child", str(child))
            while True:
                id, headers, body = poll()
                before = len(open(notes + "/count").readlines()) if os.path.exists(notes + "/count") else 0
                while not os.path.exists(notes + "/count") or len(open(notes + "/count").readlines()) < before + 10:
                    time.sleep(0.001)
                respond(id, body)
            """);
        await using var function = new LambdaFunction(bootstrap.Options);
        await function.InvokeAsync(Event);
        var sandbox = Assert.Single(function.Sandboxes);
        int[] processes = [sandbox.Process.Id, int.Parse(Assert.Single(bootstrap.Notes("child")), CultureInfo.InvariantCulture)];
        await Poll.UntilAsync(() => processes.All(IsStopped), "the sandbox to be frozen", cancellationToken: Cancellation);

        // While another function is started and works, which takes far longer than a count, the frozen one does not.
        var frozenAt = bootstrap.Notes("count").Length;
        using var other = Bootstrap.Create(Bootstrap.Echo);
        await using (var busy = new LambdaFunction(other.Options))
        {
            for (var i = 0; i < 20; i++)
                await busy.InvokeAsync(Event);
        }

        Assert.Equal(frozenAt, bootstrap.Notes("count").Length);
        Assert.All(processes, process => Assert.True(IsStopped(process)));

        await function.InvokeAsync(Event);
        Assert.True(bootstrap.Notes("count").Length >= frozenAt + 10);
        Assert.Equal(1, function.SandboxesStarted);
    }

    [Fact]
    public async Task The_runtime_is_told_the_request_the_deadline_the_function_and_the_trace()
    {
        using var bootstrap = Bootstrap.Create("""
            while True:
                id, headers, body = poll()
                respond(id, json.dumps({"now": time.time() * 1000, "headers": {k.lower(): v for k, v in headers.items()}}))
            """);
        await using var function = new LambdaFunction(bootstrap.Options with { Name = "pushes", Timeout = TimeSpan.FromSeconds(40) });

        var first = JsonDocument.Parse((await function.InvokeAsync(Event)).Payload).RootElement;
        var second = JsonDocument.Parse((await function.InvokeAsync(Event)).Payload).RootElement;

        var headers = first.GetProperty("headers");
        string Header(string name) => headers.GetProperty(name).GetString()!;
        var left = long.Parse(Header("lambda-runtime-deadline-ms"), CultureInfo.InvariantCulture) - first.GetProperty("now").GetDouble();
        Assert.InRange(left, 20_000, 40_000);
        Assert.Equal("arn:aws:lambda:us-east-1:123456789012:function:pushes", Header("lambda-runtime-invoked-function-arn"));
        Assert.Matches("^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$", Header("lambda-runtime-trace-id"));
        Assert.Equal("application/json", Header("content-type"));
        Assert.True(Guid.TryParseExact(Header("lambda-runtime-aws-request-id"), "D", out _));
        Assert.NotEqual(
            Header("lambda-runtime-aws-request-id"),
            second.GetProperty("headers").GetProperty("lambda-runtime-aws-request-id").GetString());
    }

    [Fact]
    public async Task The_environment_is_Lambdas_and_the_functions_own_and_nothing_else()
    {
        using var bootstrap = Bootstrap.Create("""
            while True:
                id, headers, body = poll()
                respond(id, json.dumps(dict(os.environ) | {"cwd": os.getcwd()}))
            """);
        var options = bootstrap.Options with { Name = "pushes", MemorySize = 256, Handler = "Api" };
        await using var function = new LambdaFunction(options);

        var environment = JsonSerializer.Deserialize<Dictionary<string, string>>((await function.InvokeAsync(Event)).Payload.Span)!;

        Assert.Equal(bootstrap.Package, environment["LAMBDA_TASK_ROOT"]);
        Assert.Equal(bootstrap.Package, environment["cwd"]);
        Assert.Equal("pushes", environment["AWS_LAMBDA_FUNCTION_NAME"]);
        Assert.Equal("256", environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]);
        Assert.Equal("$LATEST", environment["AWS_LAMBDA_FUNCTION_VERSION"]);
        Assert.Equal("Api", environment["_HANDLER"]);
        Assert.Equal("us-east-1", environment["AWS_REGION"]);
        Assert.NotEmpty(environment["AWS_ACCESS_KEY_ID"]);
        Assert.NotEmpty(environment["AWS_SECRET_ACCESS_KEY"]);
        Assert.NotEmpty(environment["AWS_SESSION_TOKEN"]);
        Assert.Contains("NOTES", environment.Keys);
        Assert.DoesNotContain("HOME", environment.Keys);
        Assert.DoesNotContain("_X_AMZN_TRACE_ID", environment.Keys);
    }

    [Fact]
    public void A_function_cannot_set_a_reserved_variable()
    {
        using var bootstrap = Bootstrap.Create(Bootstrap.Echo);
        var options = bootstrap.Options with { Environment = new Dictionary<string, string> { ["AWS_REGION"] = "eu-west-1" } };

        Assert.Throws<ArgumentException>(() => new LambdaFunction(options));
    }

    [Fact]
    public async Task An_error_that_the_function_reports_is_the_answer_and_the_sandbox_lives()
    {
        using var bootstrap = Bootstrap.Create("""
            while True:
                id, headers, body = poll()
                error = '{"errorType":"Handler.Odd","errorMessage":"odd"}'
                call("POST", f"invocation/{id}/error", error, {"Lambda-Runtime-Function-Error-Type": "Handler.Odd"})
            """);
        await using var function = new LambdaFunction(bootstrap.Options);

        await function.InvokeAsync(Event);
        var result = await function.InvokeAsync(Event);

        Assert.Equal(InvocationOutcome.FunctionError, result.Outcome);
        Assert.Equal("Handler.Odd", result.ErrorType);
        Assert.Equal(1, function.SandboxesStarted);
    }

    [Fact]
    public async Task A_function_that_takes_too_long_is_killed()
    {
        using var bootstrap = Bootstrap.Create("""
            id, headers, body = poll()
            if body == b'"hang"':
                signal.pause()
            respond(id, body)
            poll()
            """);
        await using var function = new LambdaFunction(bootstrap.Options with { Timeout = TimeSpan.FromSeconds(5) });

        var clock = Stopwatch.StartNew();
        var result = await function.InvokeAsync("\"hang\""u8.ToArray());

        Assert.Equal("Sandbox.Timedout", result.ErrorType);
        Assert.Contains("Task timed out after 5.00 seconds", result.Text, StringComparison.Ordinal);
        Assert.True(clock.Elapsed >= TimeSpan.FromSeconds(5));
        Assert.Empty(function.Sandboxes);
        Assert.Equal("{\"n\":1}", (await function.InvokeAsync(Event)).Text);
        Assert.Equal(2, function.SandboxesStarted);
    }

    [Fact]
    public async Task What_a_function_does_after_its_response_counts_against_its_time()
    {
        using var bootstrap = Bootstrap.Create("""
            id, headers, body = poll()
            respond(id, body)
            note("after", "response")
            signal.pause()
            """);
        await using var function = new LambdaFunction(bootstrap.Options with { Timeout = TimeSpan.FromSeconds(5) });

        Assert.Equal(InvocationOutcome.Succeeded, (await function.InvokeAsync(Event)).Outcome);
        var sandbox = Assert.Single(function.Sandboxes);
        Assert.Equal(InvocationOutcome.Succeeded, (await function.InvokeAsync(Event)).Outcome);

        Assert.True(sandbox.HasEnded);
        Assert.Equal(2, function.SandboxesStarted);
    }

    [Theory]
    [InlineData("sys.exit(3)", "Runtime exited with error: exit status 3")]
    [InlineData("sys.exit(0)", "Runtime exited without providing a reason")]
    [InlineData("os.kill(os.getpid(), signal.SIGSEGV)", "Runtime exited with error: signal 11")]
    public async Task A_crash_fails_the_invocation_and_the_next_one_gets_a_fresh_sandbox(string crash, string message)
    {
        using var bootstrap = Bootstrap.Create($"""
            note("started", str(os.getpid()))
            while True:
                id, headers, body = poll()
                if body == b'"crash"':
                    {crash}
                respond(id, body)
            """);
        await using var function = new LambdaFunction(bootstrap.Options);

        await function.InvokeAsync(Event);
        var result = await function.InvokeAsync("\"crash\""u8.ToArray());

        Assert.Equal("Runtime.ExitError", result.ErrorType);
        Assert.EndsWith($"Error: {message}\"}}", result.Text, StringComparison.Ordinal);
        Assert.Equal("{\"n\":1}", (await function.InvokeAsync(Event)).Text);
        Assert.Equal(2, bootstrap.Notes("started").Distinct().Count());
    }

    [Fact]
    public async Task A_sandbox_that_is_crashed_from_outside_is_replaced()
    {
        using var bootstrap = Bootstrap.Create(Bootstrap.Echo);
        await using var function = new LambdaFunction(bootstrap.Options);
        await function.InvokeAsync(Event);

        await Assert.Single(function.Sandboxes).CrashAsync();

        Assert.Equal("{\"n\":1}", (await function.InvokeAsync(Event)).Text);
        Assert.Equal(2, function.SandboxesStarted);
    }

    [Fact]
    public async Task A_sandbox_that_is_stalled_from_outside_times_out_and_is_replaced()
    {
        using var bootstrap = Bootstrap.Create("""
            while True:
                id, headers, body = poll()
                note("taken", "")
                while body == b'"wait"' and not os.path.exists(notes + "/go"):
                    time.sleep(0.01)
                respond(id, body)
            """);
        await using var function = new LambdaFunction(bootstrap.Options with { Timeout = TimeSpan.FromSeconds(5) });
        var invocation = function.InvokeAsync("\"wait\""u8.ToArray());
        await Poll.UntilAsync(() => bootstrap.Notes("taken").Length == 1, "the event to be taken", cancellationToken: Cancellation);

        Assert.Single(function.Sandboxes).Stall();
        await File.WriteAllTextAsync(Path.Combine(bootstrap.Options.Environment["NOTES"], "go"), "", Cancellation);

        Assert.Equal("Sandbox.Timedout", (await invocation).ErrorType);
        Assert.Equal("{\"n\":1}", (await function.InvokeAsync(Event)).Text);
        Assert.Equal(2, function.SandboxesStarted);
    }

    [Fact]
    public async Task A_start_that_fails_is_tried_again_within_the_invocation()
    {
        using var bootstrap = Bootstrap.Create("""
            note("started", "")
            if len(open(notes + "/started").readlines()) == 1:
                sys.exit(1)
            while True:
                id, headers, body = poll()
                respond(id, body)
            """);
        await using var function = new LambdaFunction(bootstrap.Options);

        Assert.Equal("{\"n\":1}", (await function.InvokeAsync(Event)).Text);
        Assert.Equal(2, function.SandboxesStarted);
    }

    [Fact]
    public async Task A_start_that_always_fails_fails_the_invocation_with_the_runtimes_reason()
    {
        using var bootstrap = Bootstrap.Create("""
            status, _, _ = call("POST", "init/error", '{"errorType":"Runtime.NoSetting","errorMessage":"no setting"}')
            note("status", str(status))
            sys.exit(1)
            """);
        await using var function = new LambdaFunction(bootstrap.Options);

        var result = await function.InvokeAsync(Event);

        Assert.Equal(InvocationOutcome.FunctionError, result.Outcome);
        Assert.Equal("Runtime.NoSetting", result.ErrorType);
        Assert.Equal(["202", "202"], bootstrap.Notes("status"));
    }

    [Fact]
    public async Task A_start_that_takes_too_long_is_killed()
    {
        using var bootstrap = Bootstrap.Create("signal.pause()");
        var limit = TimeSpan.FromSeconds(1);
        await using var function = new LambdaFunction(bootstrap.Options with { InitTimeout = limit, Timeout = limit });

        Assert.Equal("Sandbox.Timedout", (await function.InvokeAsync(Event)).ErrorType);
        Assert.Equal(2, function.SandboxesStarted);
        Assert.Empty(function.Sandboxes);
    }

    [Fact]
    public async Task Invocations_at_a_time_have_sandboxes_of_their_own_up_to_the_reserved_concurrency()
    {
        // Each waits for all three.
        using var bootstrap = Bootstrap.Create("""
            while True:
                id, headers, body = poll()
                note("running", "")
                while len(open(notes + "/running").readlines()) < 3 or not os.path.exists(notes + "/go"):
                    time.sleep(0.001)
                respond(id, str(os.getpid()))
            """);
        await using var function = new LambdaFunction(bootstrap.Options with { ReservedConcurrency = 3 });

        var running = Enumerable.Range(0, 3).Select(_ => function.InvokeAsync(Event)).ToList();
        await Poll.UntilAsync(() => bootstrap.Notes("running").Length == 3, "three sandboxes to run", cancellationToken: Cancellation);
        var throttled = await function.InvokeAsync(Event);
        await File.WriteAllTextAsync(Path.Combine(bootstrap.Options.Environment["NOTES"], "go"), "", Cancellation);
        var answers = await Task.WhenAll(running);

        Assert.Equal(InvocationOutcome.Throttled, throttled.Outcome);
        Assert.Equal("TooManyRequestsException", throttled.ErrorType);
        Assert.All(answers, answer => Assert.Equal(InvocationOutcome.Succeeded, answer.Outcome));
        Assert.Equal(3, answers.Select(answer => answer.Text).Distinct().Count());
        Assert.Equal(InvocationOutcome.Succeeded, (await function.InvokeAsync(Event)).Outcome);
        Assert.Equal(3, function.SandboxesStarted);
    }

    [Fact]
    public async Task A_wrong_request_id_and_a_second_answer_are_refused()
    {
        using var bootstrap = Bootstrap.Create("""
            while True:
                id, headers, body = poll()
                answers = [respond("00000000-0000-0000-0000-000000000000", "1")]
                answers.append(call("POST", "init/error", "{}"))
                again, _, _ = poll()
                assert again == id
                answers.append(respond(id, body))
                answers.append(respond(id, body))
                answers.append(call("POST", f"invocation/{id}/error", "{}"))
                for status, _, text in answers:
                    note("answers", f"{status} {json.loads(text).get('errorType')}")
            """);
        await using var function = new LambdaFunction(bootstrap.Options);

        Assert.Equal("{\"n\":1}", (await function.InvokeAsync(Event)).Text);
        await function.RetireAsync();

        Assert.Equal(
            ["400 InvalidRequestID", "403 InvalidStateTransition", "202 None", "403 InvalidStateTransition", "403 InvalidStateTransition"],
            bootstrap.Notes("answers"));
    }

    [Fact]
    public async Task A_response_over_six_megabytes_is_an_error()
    {
        using var bootstrap = Bootstrap.Create("""
            while True:
                id, headers, body = poll()
                status, _, text = respond(id, b'"' + b'x' * (json.loads(body) - 2) + b'"')
                note("status", str(status))
            """);
        await using var function = new LambdaFunction(bootstrap.Options);

        var most = await function.InvokeAsync(Encoding.UTF8.GetBytes(PayloadLimits.Response.ToString(CultureInfo.InvariantCulture)));
        var over = await function.InvokeAsync(Encoding.UTF8.GetBytes((PayloadLimits.Response + 1).ToString(CultureInfo.InvariantCulture)));
        await function.RetireAsync();

        Assert.Equal(PayloadLimits.Response, most.Payload.Length);
        Assert.Equal("Function.ResponseSizeTooLarge", over.ErrorType);
        Assert.Equal(["202", "413"], bootstrap.Notes("status"));
        Assert.Equal(1, function.SandboxesStarted);
    }

    [Fact]
    public async Task A_request_over_six_megabytes_does_not_reach_the_function()
    {
        using var bootstrap = Bootstrap.Create(Bootstrap.Echo);
        await using var function = new LambdaFunction(bootstrap.Options);

        var result = await function.InvokeAsync(new byte[PayloadLimits.Request + 1]);

        Assert.Equal(InvocationOutcome.RequestTooLarge, result.Outcome);
        Assert.Equal(0, function.SandboxesStarted);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_sandbox_may_shut_down_only_where_it_has_the_layer(bool hasLayer)
    {
        using var bootstrap = Bootstrap.Create("""
            def end(number, frame):
                note("ended", "in time")
                sys.exit(0)

            signal.signal(signal.SIGTERM, end)
            while True:
                id, headers, body = poll()
                respond(id, body)
            """);
        var layer = hasLayer ? new CollectorOptions(new Uri("http://127.0.0.1:9/")) : null;
        await using var function = new LambdaFunction(bootstrap.Options with { Collector = layer });
        await function.InvokeAsync(Event);

        await function.RetireAsync();

        Assert.Empty(function.Sandboxes);
        Assert.Equal(hasLayer ? ["in time"] : [], bootstrap.Notes("ended"));
    }

    [Fact]
    public async Task Disposing_ends_a_start_under_way()
    {
        using var bootstrap = Bootstrap.Create("""
            note("started", str(os.getpid()))
            signal.pause()
            """);
        var function = new LambdaFunction(bootstrap.Options);
        var invocation = function.InvokeAsync(Event);
        await Poll.UntilAsync(() => bootstrap.Notes("started").Length == 1, "the start", cancellationToken: Cancellation);

        await function.DisposeAsync();

        Assert.Equal(InvocationOutcome.FunctionError, (await invocation).Outcome);
        Assert.All(bootstrap.Notes("started"), process => Assert.False(Directory.Exists($"/proc/{process}")));
    }

    [Fact]
    public async Task A_sandbox_is_gone_with_its_children_when_it_is_retired()
    {
        using var bootstrap = Bootstrap.Create("""
            child = subprocess.Popen(["sleep", "600"])
            while True:
                id, headers, body = poll()
                respond(id, str(child.pid))
            """);
        await using var function = new LambdaFunction(bootstrap.Options);
        var child = int.Parse((await function.InvokeAsync(Event)).Text, CultureInfo.InvariantCulture);
        Assert.True(Directory.Exists($"/proc/{child}"));

        await function.RetireAsync();

        Assert.Empty(function.Sandboxes);
        await Poll.UntilAsync(() => !Directory.Exists($"/proc/{child}"), "the child to be gone", cancellationToken: Cancellation);
    }

    // The third field of /proc/<id>/stat, after the name in parentheses.
    static bool IsStopped(int processId)
    {
        var stat = File.ReadAllText($"/proc/{processId}/stat");
        return stat[stat.LastIndexOf(')') + 2] == 'T';
    }
}
