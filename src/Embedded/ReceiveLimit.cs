namespace PushGateway.Embedded;

/// <summary>
/// How much is handed out at once: messages and bytes up to a limit, always one message, and then on to the end of the millisecond.
/// </summary>
/// <param name="maxMessages">Most messages, but for those of the last one's millisecond.</param>
/// <param name="maxBytes">Bytes of bodies after which no other message is handed out, but for those of the last one's millisecond.</param>
internal struct ReceiveLimit(int maxMessages, long maxBytes)
{
    // While a clock that has stepped back catches up, all pushes are in one millisecond. It is cut then.
    private const long MaxMillisecondBytes = 64 * 1024 * 1024;

    private int _messages;
    private long _bytes;
    private long? _millisecond;

    /// <summary>Whether a message of a millisecond may be handed out, too; null: it has none.</summary>
    public readonly bool Admits(long? millisecond) =>
        (_messages < maxMessages && _bytes < maxBytes)
        || (millisecond is not null && millisecond == _millisecond && _bytes < maxBytes + MaxMillisecondBytes);

    /// <summary>A message is handed out.</summary>
    public void Count(long? millisecond, int bytes)
    {
        _messages++;
        _bytes += bytes;
        _millisecond = millisecond;
    }
}
