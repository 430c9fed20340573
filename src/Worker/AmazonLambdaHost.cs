using System.Text;
using System.Text.Json.Serialization;
using Amazon.Lambda.Core;
using Amazon.Lambda.RuntimeSupport;
using Amazon.Lambda.Serialization.SystemTextJson;
using Amazon.Lambda.SQSEvents;
using Amazon.SQS.Model;
using PushGateway.Aws.Lambda;
using PushGateway.Aws.Lambda.Events;
using PushGateway.Configuration;
using PushGateway.Queue;

namespace PushGateway.Worker;

/// <summary>Worker as a Lambda function, on AWS's own host (<c>-p:LambdaHost=Amazon</c>), which takes SQS events.</summary>
internal sealed partial class LambdaHost(EventBatchDelivery delivery, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan DeadlineMargin = TimeSpan.FromMilliseconds(500);

    /// <summary>Puts Lambda's events in place of polling where Lambda runs this process; false anywhere else.</summary>
    public static bool TryAdd(HostApplicationBuilder builder, SettingsReader settings)
    {
        if (settings.Text(LambdaHosting.RuntimeApiVariable) is null)
        {
            return false;
        }

        builder.Services.AddSingleton<EventBatchDelivery>();
        builder.Services.AddHostedService<LambdaHost>();
        return true;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var bootstrap = LambdaBootstrapBuilder
            .Create<SQSEvent, SQSBatchResponse>(HandleAsync, new SourceGeneratorLambdaJsonSerializer<EventJsonContext>())
            .Build();
        await bootstrap.RunAsync(stoppingToken);
    }

    private async Task<SQSBatchResponse> HandleAsync(SQSEvent batch, ILambdaContext context)
    {
        var left = context.RemainingTime - DeadlineMargin;
        using var deadline = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        var messages = batch.Records.Select(ToReceived).ToList();
        var failed = await delivery.DeliverAsync(messages, time.GetUtcNow() + left, deadline.Token);
        return new SQSBatchResponse([.. failed.Select(message => new SQSBatchResponse.BatchItemFailure { ItemIdentifier = message.Id })]);
    }

    private ReceivedMessage ToReceived(SQSEvent.SQSMessage message) => SqsEventMessage.Create(
        message.MessageId,
        Encoding.UTF8.GetBytes(message.Body),
        (message.MessageAttributes ?? []).ToDictionary(
            attribute => attribute.Key,
            attribute => new MessageAttributeValue
            {
                DataType = attribute.Value.DataType,
                StringValue = attribute.Value.StringValue,
                BinaryValue = attribute.Value.BinaryValue,
            }),
        SqsEventMessage.ParseSentTimestamp(message.Attributes?.GetValueOrDefault("SentTimestamp")) ?? time.GetUtcNow().ToUnixTimeMilliseconds());

    [JsonSerializable(typeof(SQSEvent))]
    [JsonSerializable(typeof(SQSBatchResponse))]
    private sealed partial class EventJsonContext : JsonSerializerContext;
}
