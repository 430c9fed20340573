using System.Net;
using System.Text;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Core.Tests.Sinks;
using PushGateway.Delivery;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Reference.Otlp;
using PushGateway.Sinks;
using Xunit;

namespace PushGateway.Core.Tests.Delivery;

/// <summary>An OTLP receiver that stores what it can, answers 200, and says how many data points it has rejected.</summary>
public sealed class PartialSuccessTests
{
    private const long SentMs = 1_700_000_000_000;

    [Fact]
    public async Task Only_the_messages_of_rejected_data_points_are_dead_letters()
    {
        var stored = new HashSet<string>();
        ScriptedTarget? target = null;
        target = new ScriptedTarget((count, _) => Task.FromResult(ScriptedTarget.Answer(HttpStatusCode.OK, Store(target!.Requests[count - 1].Body, stored))));
        using var client = new HttpClient(target);
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(SentMs));
        var sink = new OtlpSink(client, new OtlpSinkOptions { Endpoint = new Uri("http://127.0.0.1:9/v1/metrics") }, time);
        var handler = new BatchHandler(sink, null, new PushLimits(), new DeliveryOptions(), time);

        var outcome = await handler.HandleAsync([.. Enumerable.Range(0, 20).Select(Message)], TestContext.Current.CancellationToken);

        Assert.Equal(["13", "7"], outcome.DeadLetters.Select(letter => letter.Message.Id).Order(StringComparer.Ordinal));
        Assert.All(outcome.DeadLetters, letter => Assert.Equal(
            (RejectCode.SinkRejected, $"OTLP partial success: 1 data points rejected: too old; refused: bad{{i=\"{letter.Message.Id}\"}} @{SentMs}"),
            (letter.Reason.Code, letter.Reason.Detail)));
        Assert.Equal(18, outcome.Delivered.Count);
        Assert.Empty(outcome.Failed);
        Assert.Equal(18, stored.Count);
    }

    private static ReceivedMessage Message(int number) => new(
        $"{number}",
        new QueueMessage(
            Encoding.UTF8.GetBytes($"{(number is 7 or 13 ? "bad" : "good")}{{i=\"{number}\"}} 1\n"),
            new Dictionary<string, string> { [MessageAttribute.ContentType] = "text/plain" }),
        SentMs);

    private static byte[] Store(byte[] request, HashSet<string> stored)
    {
        var points = ExportMetricsServiceRequest.Parser.ParseFrom(request).ResourceMetrics
            .SelectMany(resource => resource.ScopeMetrics).SelectMany(scope => scope.Metrics)
            .SelectMany(metric => metric.Gauge.DataPoints.Select(point => (metric.Name, Id: point.Attributes.Single().Value.StringValue))).ToList();
        stored.UnionWith(points.Where(point => point.Name == "good").Select(point => point.Id));
        var rejected = points.Count(point => point.Name == "bad");
        return new ExportMetricsServiceResponse
        {
            PartialSuccess = rejected == 0 ? null : new() { RejectedDataPoints = rejected, ErrorMessage = "too old" },
        }.ToByteArray();
    }
}
