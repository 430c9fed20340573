using Amazon.CDK;
using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.SQS;
using Constructs;

namespace PushGateway.Infra;

/// <summary>The queue between the functions and its dead-letter queue. They are new ones or the caller's.</summary>
internal sealed class GatewayQueues : Construct
{
    public GatewayQueues(Construct scope, PrometheusPushGatewayProps props, GatewaySettings settings)
        : base(scope, "Queues")
    {
        DeadLetters = props.Queue is null ? NewDeadLetterQueue(props, settings) : DeadLetterQueueOf(props)!;
        Source = props.Queue ?? NewQueue(props, settings);
    }

    public IQueue Source { get; }

    public IQueue DeadLetters { get; }

    /// <summary>The dead-letter queue of the caller's queue; null when the caller has not given it.</summary>
    public static IQueue? DeadLetterQueueOf(PrometheusPushGatewayProps props) =>
        props.DeadLetterQueue ?? (props.Queue as Queue)?.DeadLetterQueue?.Queue;

    /// <summary>Allows sending, and reading the attributes for <c>/-/ready</c>.</summary>
    public void GrantApi(IGrantable api)
    {
        GrantSend(api);
        Source.Grant(api, "sqs:GetQueueAttributes");
    }

    /// <summary>Allows what the event source does in Worker's name, giving messages back, and sending to the dead-letter queue.</summary>
    public void GrantWorker(IGrantable worker)
    {
        Source.Grant(worker, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes");
        Source.EncryptionMasterKey?.Grant(worker, "kms:Decrypt");
        GrantSend(DeadLetters, worker);
    }

    public Grant GrantSend(IGrantable grantee) => GrantSend(Source, grantee);

    private static Grant GrantSend(IQueue queue, IGrantable grantee)
    {
        queue.EncryptionMasterKey?.Grant(grantee, "kms:Decrypt", "kms:GenerateDataKey");
        return queue.Grant(grantee, "sqs:SendMessage");
    }

    private Queue NewDeadLetterQueue(PrometheusPushGatewayProps props, GatewaySettings settings) =>
        Create("DeadLetters", settings, CommonProps(props, settings, Duration.Seconds(GatewaySettings.LongestRetention)));

    private Queue NewQueue(PrometheusPushGatewayProps props, GatewaySettings settings)
    {
        var queue = CommonProps(props, settings, Duration.Seconds(settings.QueueRetention));
        queue.VisibilityTimeout = Duration.Seconds(settings.VisibilityTimeout);
        queue.DeadLetterQueue = new DeadLetterQueue { Queue = DeadLetters, MaxReceiveCount = settings.MaxReceiveCount };
        return Create("Pushes", settings, queue);
    }

    private Queue Create(string id, GatewaySettings settings, QueueProps props)
    {
        var queue = new Queue(this, id, props);
        queue.SetMaximumMessageSize(settings.MaxMessageBytes);
        return queue;
    }

    private static QueueProps CommonProps(PrometheusPushGatewayProps props, GatewaySettings settings, Duration retention) => new()
    {
        RetentionPeriod = retention,
        EnforceSSL = true,
        Encryption = props.EncryptionKey is null ? QueueEncryption.SQS_MANAGED : QueueEncryption.KMS,
        EncryptionMasterKey = props.EncryptionKey,
        Fifo = settings.IsFifo ? true : null,
        // A push without a group is a message group of its own, so the throughput limit must apply to each message group, not to the whole
        // queue.
        DeduplicationScope = settings.IsFifo ? DeduplicationScope.MESSAGE_GROUP : null,
        FifoThroughputLimit = settings.IsFifo ? FifoThroughputLimit.PER_MESSAGE_GROUP_ID : null,
        RemovalPolicy = RemovalPolicy.DESTROY,
    };
}
