namespace PushGateway.Embedded;

/// <summary>Deletes some of the dead letters that have had their time or are beyond their share.</summary>
internal sealed class PurgeRequest : WriteRequest
{
    // Pushes wait while they are deleted: a few milliseconds.
    private const int MaxLetters = 1000;

    /// <summary>Whether there may be more to delete.</summary>
    public bool HasMore { get; private set; }

    public override void Execute(WriterSession session) => HasMore = session.PurgeDeadLetters(MaxLetters);
}
