using Microsoft.Extensions.Logging;
using PushGateway.Telemetry;

namespace PushGateway.Aws.DynamoDb;

/// <summary>Counts and reports the items that are skipped because this release cannot read them. Safe for concurrent use.</summary>
/// <param name="logger">Takes the report, or null.</param>
/// <param name="time">The clock.</param>
internal sealed partial class UnreadableItems(ILogger? logger, TimeProvider time)
{
    // Every scrape and every sweep meets them again.
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private long? _reported;

    /// <summary>An item is skipped.</summary>
    /// <param name="reason">A sentence that names the item.</param>
    public void Skip(string reason)
    {
        PushTelemetry.GroupSkipped();
        lock (_lock)
        {
            if (logger is null || (_reported is { } last && time.GetElapsedTime(last) < Interval))
            {
                return;
            }

            _reported = time.GetTimestamp();
        }

        Skipped(logger, reason);
    }

    [LoggerMessage(300, LogLevel.Error, "A group is neither shown nor ended, and there may be others: {Reason}")]
    private static partial void Skipped(ILogger logger, string reason);
}
