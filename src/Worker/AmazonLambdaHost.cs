using System.Text.Json.Serialization;
using Amazon.Lambda.Core;
using Amazon.Lambda.RuntimeSupport;
using Amazon.Lambda.Serialization.SystemTextJson;
using Amazon.Lambda.SQSEvents;
using Amazon.SQS.Model;
using PushGateway.Aws.Lambda.Events;
using PushGateway.Queue;

namespace PushGateway.Worker;

/// <summary>AWS's own host for Worker, which takes SQS events.</summary>
internal sealed partial class AmazonLambdaHost(EventBatchDelivery delivery, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var bootstrap = LambdaBootstrapBuilder
            .Create<SQSEvent, SQSBatchResponse>(HandleAsync, new SourceGeneratorLambdaJsonSerializer<EventJsonContext>())
            .Build();
        await bootstrap.RunAsync(stoppingToken);
    }

    private async Task<SQSBatchResponse> HandleAsync(SQSEvent batch, ILambdaContext context)
    {
        var failed = await delivery.DeliverAsync([.. batch.Records.Select(ToReceived)], context.RemainingTime);
        return new SQSBatchResponse([.. failed.Select(id => new SQSBatchResponse.BatchItemFailure { ItemIdentifier = id })]);
    }

    private ReceivedMessage ToReceived(SQSEvent.SQSMessage message) => SqsEventMessage.Create(
        message.MessageId,
        message.ReceiptHandle,
        message.Body,
        message.MessageAttributes?.ToDictionary(
            attribute => attribute.Key,
            attribute => new MessageAttributeValue
            {
                DataType = attribute.Value.DataType,
                StringValue = attribute.Value.StringValue,
                BinaryValue = attribute.Value.BinaryValue,
            }),
        message.Attributes?.GetValueOrDefault("SentTimestamp"),
        message.Attributes?.GetValueOrDefault("ApproximateReceiveCount"),
        time,
        message.Attributes?.GetValueOrDefault("MessageGroupId"));

    [JsonSerializable(typeof(SQSEvent))]
    [JsonSerializable(typeof(SQSBatchResponse))]
    private sealed partial class EventJsonContext : JsonSerializerContext;
}
