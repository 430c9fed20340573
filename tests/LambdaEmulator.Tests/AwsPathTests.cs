using System.Globalization;
using System.Runtime.InteropServices;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.LambdaEmulator.Tests;

/// <summary>The path with two scripts in the place of the gateway's functions.</summary>
public class AwsPathTests
{
    /// <summary>Sends the body of each request to the queue.</summary>
    const string Api = Bootstrap.Sqs + """

        while True:
            id, headers, body = poll()
            message = {"QueueUrl": os.environ["PUSHGATEWAY_QUEUE_URL"], "MessageBody": json.loads(body)["body"]}
            sqs(os.environ["AWS_ENDPOINT_URL_SQS"], "SendMessage", message)
            respond(id, '{"statusCode":202}')
        """;

    /// <summary>
    /// Delivers each message, a number, as a gauge <c>pushed</c>. Unless the layer answers 200, it gives the message back for a second.
    /// </summary>
    const string Worker = Bootstrap.Sqs + """

        import struct
        endpoint = os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"]
        assert endpoint.startswith("http://")

        def field(number, payload):
            return bytes([number << 3 | 2, len(payload)]) + payload

        def export(value):
            now = time.time_ns() // 1000000 * 1000000
            point = b"\x19" + struct.pack("<Q", now) + b"\x21" + struct.pack("<d", value)
            metric = field(1, b"pushed") + field(5, field(1, point))
            collector = http.client.HTTPConnection(endpoint[len("http://"):])
            collector.request("POST", "/v1/metrics", field(1, field(2, field(2, metric))), {"Content-Type": "application/x-protobuf"})
            return collector.getresponse().status

        while True:
            id, headers, body = poll()
            failed = [record for record in json.loads(body)["Records"] if export(float(record["body"])) != 200]
            for record in failed:
                change_visibility(os.environ["AWS_ENDPOINT_URL_SQS"], os.environ["PUSHGATEWAY_QUEUE_URL"], record["receiptHandle"], 1)
            respond(id, json.dumps({"batchItemFailures": [{"itemIdentifier": record["messageId"]} for record in failed]}))
        """;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_push_goes_all_the_way_though_AMP_refuses_it_at_first()
    {
        using var api = Bootstrap.Create(Api);
        using var worker = Bootstrap.Create(Worker);
        await using var path = await AwsPath.StartAsync(
            new AwsPathOptions
            {
                Api = api.Package,
                Worker = worker.Package,
                Schedule = AmpSchedule.Sequence(AmpAnswer.Unavailable, AmpAnswer.Cut),
                WorkerTimeout = TimeSpan.FromSeconds(8),
                Environment = new Dictionary<string, string> { ["NOTES"] = "/nowhere" },
            },
            Cancellation);

        var answer = await Curl.RunAsync(
            "--header", "Content-Type: text/plain", "--data-binary", "42", path.FunctionUrl.Address.ToString());

        Assert.Equal(202, answer.Status);
        await Poll.UntilAsync(
            token => path.Prometheus.QueryAsync("pushed", cancellationToken: token),
            found => found.Count == 1 && found[0].Samples[0].Value == "42",
            "the sample to arrive",
            cancellationToken: Cancellation);
        await Poll.UntilAsync(
            async token => (await path.Queue.CountAsync(token)).Total == 0, "the queue to be empty", cancellationToken: Cancellation);
        Assert.Equal([503, 0, 200], path.Amp!.Statuses.Take(3));
        var queue = await path.Fauxqs.Sqs.Client.GetQueueAttributesAsync(path.Queue.Url, ["VisibilityTimeout"], Cancellation);
        Assert.Equal("48", queue.Attributes["VisibilityTimeout"]);
        Assert.Equal(0, (await path.DeadLetters.CountAsync(Cancellation)).Total);
    }

    [Fact]
    public async Task The_program_prints_where_to_push_and_ends_everything_with_control_C()
    {
        using var api = Bootstrap.Create(Api);
        using var worker = Bootstrap.Create(Worker);
        var start = new ChildProcessStart(
            Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet")),
            "exec", typeof(AwsPath).Assembly.Location,
            "--api", api.Package, "--worker", worker.Package, "--set", "NOTES=/nowhere");
        await using var program = await ChildProcess.StartAsync(start);
        await program.WaitForLineAsync("Ctrl-C ends everything.", cancellationToken: Cancellation);
        var url = Printed(program, "Push to");

        var answer = await Curl.RunAsync("--header", "Content-Type: text/plain", "--data-binary", "42", url);
        Assert.Equal(202, answer.Status);
        var prometheus = Printed(program, "see it in");
        await Poll.UntilAsync(
            async _ => (await Curl.RunAsync($"{prometheus}api/v1/query?query=pushed")).Body,
            body => body.Contains("\"42\"", StringComparison.Ordinal),
            "the sample to arrive",
            cancellationToken: Cancellation);
        var children = Children(program.Id);
        Assert.NotEmpty(children);

        program.Interrupt();

        Assert.Equal(0, await program.WaitForExitAsync());
        await Poll.UntilAsync(() => !children.Exists(Directory.Exists), "the children to be gone", cancellationToken: Cancellation);
    }

    [Theory]
    [InlineData("--unknown", "--unknown is not an option.")]
    [InlineData("--target elsewhere", "elsewhere is not a target.")]
    [InlineData("--api", "--api wants a value.")]
    [InlineData("--set a", "--set wants <name>=<value>.")]
    public void A_command_line_that_is_not_understood_is_refused(string arguments, string message) =>
        Assert.Equal(message, Assert.Throws<ArgumentException>(() => EmulatorArguments.Parse(arguments.Split(' '))).Message);

    static string Printed(ChildProcess program, string label)
    {
        var line = program.StandardOutput.First(text => text.TrimStart().StartsWith(label, StringComparison.Ordinal));
        return line.Trim()[label.Length..].Trim();
    }

    static List<string> Children(int processId)
    {
        var parent = string.Create(CultureInfo.InvariantCulture, $"PPid:\t{processId}");
        return [.. Directory.GetDirectories("/proc").Where(folder => IsChild(folder, parent))];
    }

    // A process may end while it is looked at.
    static bool IsChild(string folder, string parent)
    {
        try
        {
            return File.ReadLines(Path.Combine(folder, "status")).Contains(parent);
        }
        catch (IOException)
        {
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
