using Amazon.CDK;
using Amazon.CDK.AWS.CloudWatch;
using Amazon.CDK.AWS.SQS;

namespace PushGateway.Infra;

/// <summary>SQS's metrics of a queue.</summary>
internal static class QueueMetrics
{
    private const string QuietGroups = "InQuietGroups";

    /// <summary>Age of the oldest waiting message in seconds.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="isFair">Whether to ignore message groups that send more than their share.</param>
    public static Metric Age(IQueue queue, bool isFair) => Maximum(queue, "ApproximateAgeOfOldestMessage", isFair);

    /// <summary>Number of waiting messages.</summary>
    public static Metric Waiting(IQueue queue, bool isFair = false) => Maximum(queue, "ApproximateNumberOfMessagesVisible", isFair);

    /// <summary>Number of message groups that send more than their share.</summary>
    public static Metric NoisyGroups(IQueue queue) => Maximum(queue, "ApproximateNumberOfNoisyGroups", isFair: false);

    private static Metric Maximum(IQueue queue, string name, bool isFair) => queue.Metric(
        isFair ? name + QuietGroups : name, new MetricOptions { Statistic = Stats.MAXIMUM, Period = Duration.Minutes(1) });
}
