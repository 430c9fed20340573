using PushGateway.Aws.DynamoDb;

namespace PushGateway.Simulation.Aws;

/// <summary>How large a fleet is, and how it is set.</summary>
internal sealed record FleetOptions
{
    public int Workers { get; init; } = 4;

    public int BatchSize { get; init; } = 10;

    /// <summary>How far the clock of each Api leads that of the queue.</summary>
    public IReadOnlyList<TimeSpan> Skews { get; init; } = [TimeSpan.Zero];

    /// <summary>The size beyond which a push is cut into several messages.</summary>
    public int MaxMessageBytes { get; init; } = 1024 * 1024;

    /// <summary>How large a group may be in one item; null for the limits of DynamoDB.</summary>
    public DynamoGroupLimits? GroupLimits { get; init; }

    public TimeSpan VisibilityTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What the workers believe of the target.</summary>
    public TimeSpan OutOfOrderWindow { get; init; }
}
