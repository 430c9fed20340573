namespace PushGateway.Push;

/// <summary>Why a push was refused.</summary>
/// <param name="Code">One of <see cref="RejectCode"/>.</param>
/// <param name="Detail">A sentence for the person who sent it, with a short excerpt where that helps.</param>
/// <param name="Line">The line, counted from 1, in line-oriented formats; otherwise 0.</param>
/// <param name="Pointer">RFC 6901 JSON pointer to the offender; null outside JSON, "" for the whole document.</param>
public sealed record PushError(string Code, string Detail, int Line = 0, string? Pointer = null)
{
    /// <summary>
    /// Whether the body could be read, and what it says is refused. Pushgateway records such a push to a group as the group's last failure
    /// (<c>push_failure_time_seconds</c>), and one that it cannot parse not at all.
    /// </summary>
    public bool FailsGroup { get; init; }
}
