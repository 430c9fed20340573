using PushGateway.Push;
using PushGateway.Queue;

namespace PushGateway.Simulation;

/// <summary>What a client pushed, and what the gateway answered.</summary>
internal sealed class SimulatedPush
{
    public required PushOperation Operation { get; init; }

    /// <summary>The path of the group; null without one.</summary>
    public string? Group { get; init; }

    /// <summary>What is deleted, for a deletion by selector.</summary>
    public IReadOnlyList<string> Selectors { get; init; } = [];

    /// <summary>How long the group lives after its last push; null until it is deleted.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>The samples. Without a time of its own, a sample gets that of the push.</summary>
    public IReadOnlyList<PushedSample> Samples { get; init; } = [];

    /// <summary>Whether the client is a good one, whose pushes must arrive at once.</summary>
    public bool IsPrompt { get; init; }

    /// <summary>When the gateway accepted it, by the gateway's clock.</summary>
    public long PushTimeNs { get; set; }

    /// <summary>What the gateway's wall clock showed then, nanoseconds since the Unix epoch.</summary>
    public long ClockNs { get; set; }

    /// <summary>When it was stored, in true milliseconds.</summary>
    public long StoredMs { get; set; }

    /// <summary>The id of the last message that was stored before it: pushes are stored in the order of these.</summary>
    public long Order { get; set; }

    /// <summary>When the answer 202 came, in true milliseconds; null when none came.</summary>
    public long? AnsweredMs { get; set; }

    /// <summary>Whether the client still waits for an answer.</summary>
    public bool IsOpen { get; set; }

    /// <summary>The samples as a target gets them, the group's time of push among them.</summary>
    public IReadOnlyList<WireSample> Expected { get; set; } = [];

    /// <summary>Its messages: more than one when it was cut.</summary>
    public IReadOnlyList<QueueMessage> Messages { get; set; } = [];

    /// <summary>The samples of each message. The time of push of a group is in all of them.</summary>
    public IReadOnlyList<IReadOnlyCollection<WireSample>> Parts { get; set; } = [];

    /// <summary>The messages that have a sample of the push.</summary>
    public IEnumerable<QueueMessage> MessagesWith(WireSample sample) =>
        Messages.Count == 1 ? Messages : Messages.Where((_, part) => Parts[part].Contains(sample));
}
