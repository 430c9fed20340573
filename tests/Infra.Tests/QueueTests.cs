using Amazon.CDK.Assertions;
using Xunit;

namespace PushGateway.Infra.Tests;

/// <summary>The queue, the dead-letter queue, and the way from the queue to Worker.</summary>
public sealed class QueueTests
{
    private const string Queue = "AWS::SQS::Queue";
    private const string EventSource = "AWS::Lambda::EventSourceMapping";
    private const string Pushes = "GatewayQueuesPushes";
    private const string DeadLetters = "GatewayQueuesDeadLetters";

    public static TheoryData<string> All => Gateways.All;

    public static TheoryData<string> WithNewQueues => [.. Gateways.All.Select(way => way.Data).Where(way => way != Gateways.Existing)];

    [Theory]
    [MemberData(nameof(All))]
    public void Messages_that_were_not_delivered_come_again(string way) => Assert.Equal(
        ["ReportBatchItemFailures"], Gateways.Get(way).One(EventSource)["FunctionResponseTypes"]!.AsArray().Select(type => (string)type!));

    [Theory]
    [MemberData(nameof(All))]
    public void Every_queue_is_encrypted_and_refuses_what_is_not(string way)
    {
        var stack = Gateways.Get(way);
        foreach (var queue in stack.All(Queue))
        {
            Assert.True((bool?)queue["SqsManagedSseEnabled"] is true || queue.Text("KmsMasterKeyId") == "${Key.Arn}", queue.Id);
            var policy = Assert.Single(
                stack.All("AWS::SQS::QueuePolicy"), policy => (string)policy["Queues"]![0]!["Ref"]! == queue.Id);
            var statement = Assert.Single(policy["PolicyDocument.Statement"]!.AsArray())!;
            Assert.Equal("Deny", (string)statement["Effect"]!);
            Assert.Equal("sqs:*", (string)statement["Action"]!);
            Assert.Equal("false", (string)statement["Condition"]!["Bool"]!["aws:SecureTransport"]!);
            Assert.Equal("*", (string)statement["Principal"]!["AWS"]!);
            Assert.Equal(queue.Id, (string)statement["Resource"]!["Fn::GetAtt"]![0]!);
        }

        Assert.Equal(way == Gateways.Existing ? 0 : 2, stack.All(Queue).Count());
    }

    [Theory]
    [InlineData(60)]
    [InlineData(86_400)]
    [InlineData(1_000_000)]
    public void Receives_are_counted_as_Worker_causes_them(int seconds)
    {
        var receives = 0;
        for (var age = TimeSpan.Zero; age < TimeSpan.FromSeconds(seconds); age += PushGateway.Delivery.RedeliveryDelay.Of(age))
        {
            receives++;
        }

        Assert.Equal(receives, GatewaySettings.ReceivesUntil(seconds));
    }

    [Theory]
    [MemberData(nameof(WithNewQueues))]
    public void A_message_is_not_worked_on_twice_and_not_lost_before_it_is_dead(string way)
    {
        var stack = Gateways.Get(way);
        var pushes = stack.One(Queue, Pushes);
        var deadLetters = stack.One(Queue, DeadLetters);
        var visibility = (int)pushes["VisibilityTimeout"]!;
        var retention = (int)pushes["MessageRetentionPeriod"]!;

        Assert.True(visibility >= 6 * (int)stack.One("AWS::Lambda::Function", "GatewayWorkerFunction")["Timeout"]!);
        Assert.Equal("${GatewayQueuesDeadLetters.Arn}", pushes.Text("RedrivePolicy.deadLetterTargetArn"));
        Assert.True((int)pushes["RedrivePolicy.maxReceiveCount"]! >= 100);
        Assert.True((int)pushes["RedrivePolicy.maxReceiveCount"]! * visibility < retention);
        Assert.True((int)deadLetters["MessageRetentionPeriod"]! > retention);
        Assert.Null(deadLetters["RedrivePolicy"]);
    }

    [Fact]
    public void Queues_take_the_largest_messages_and_Api_knows()
    {
        var template = Gateways.Get(Gateways.Default).Template;
        template.AllResourcesProperties(Queue, new Dictionary<string, object> { ["MaximumMessageSize"] = 1048576 });
        template.HasResourceProperties("AWS::Lambda::Function", Variables("PUSHGATEWAY_MAX_MESSAGE_BYTES", "1048576"));
    }

    [Fact]
    public void A_queue_that_is_there_already_is_taken_for_one_with_the_usual_limit()
    {
        var stack = Gateways.Get(Gateways.Existing);
        stack.Template.HasResourceProperties("AWS::Lambda::Function", Variables("PUSHGATEWAY_MAX_MESSAGE_BYTES", "262144"));
        Assert.Equal(Gateways.QueueArn, stack.One(EventSource).Text("EventSourceArn"));
    }

    [Fact]
    public void Batches_are_gathered()
    {
        var source = Gateways.Get(Gateways.Default).One(EventSource);
        Assert.Equal(1000, (int)source["BatchSize"]!);
        Assert.Equal(5, (int)source["MaximumBatchingWindowInSeconds"]!);
        Assert.Equal(10, (int)source["ScalingConfig.MaximumConcurrency"]!);
        Assert.Null(source["ProvisionedPollerConfig"]);
    }

    [Fact]
    public void A_fifo_queue_has_a_fifo_queue_behind_it_and_is_not_waited_for()
    {
        var stack = Gateways.Get(Gateways.Fifo);
        Assert.All(stack.All(Queue), queue =>
        {
            Assert.True((bool)queue["FifoQueue"]!);
            Assert.Equal("messageGroup", queue.Text("DeduplicationScope"));
            Assert.Equal("perMessageGroupId", queue.Text("FifoThroughputLimit"));

            // Two pushes of the same are two pushes.
            Assert.Null(queue["ContentBasedDeduplication"]);
        });
        var source = stack.One(EventSource);
        Assert.Equal(10, (int)source["BatchSize"]!);
        Assert.Null(source["MaximumBatchingWindowInSeconds"]);
    }

    [Fact]
    public void Pollers_take_the_place_of_the_highest_concurrency()
    {
        var source = Gateways.Get(Gateways.Pollers).One(EventSource);
        Assert.Null(source["ScalingConfig"]);
        Assert.Equal(3, (int)source["ProvisionedPollerConfig.MinimumPollers"]!);
        Assert.Equal(30, (int)source["ProvisionedPollerConfig.MaximumPollers"]!);
    }

    [Fact]
    public void What_is_asked_for_is_set()
    {
        var stack = Gateways.Get(Gateways.Customized);
        var pushes = stack.One(Queue, Pushes);
        Assert.Equal(65536, (int)pushes["MaximumMessageSize"]!);
        Assert.Equal(2 * 86400, (int)pushes["MessageRetentionPeriod"]!);
        Assert.Equal(1200, (int)pushes["VisibilityTimeout"]!);
        Assert.Equal(100, (int)pushes["RedrivePolicy.maxReceiveCount"]!);
        var source = stack.One(EventSource);
        Assert.Equal(5000, (int)source["BatchSize"]!);
        Assert.Equal(30, (int)source["MaximumBatchingWindowInSeconds"]!);
        Assert.Equal(3, (int)source["ScalingConfig.MaximumConcurrency"]!);
    }

    private static Dictionary<string, object> Variables(string name, string value) => new()
    {
        ["Environment"] = new Dictionary<string, object>
        {
            ["Variables"] = Match.ObjectLike(new Dictionary<string, object> { [name] = value }),
        },
    };
}
