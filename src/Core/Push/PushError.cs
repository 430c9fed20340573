namespace PushGateway.Push;

/// <summary>Why a push was refused.</summary>
/// <param name="Code">One of <see cref="RejectCode"/>.</param>
/// <param name="Detail">A sentence for the sender, with a short excerpt where that helps.</param>
/// <param name="Line">The line, counted from 1, in line-oriented formats; otherwise 0.</param>
/// <param name="Pointer">RFC 6901 JSON pointer to the invalid part; null outside JSON, "" for the whole document.</param>
public sealed record PushError(string Code, string Detail, int Line = 0, string? Pointer = null)
{
    /// <summary>
    /// Whether the body could be read but its content is refused. Pushgateway records such a push as its group's last failure
    /// (<c>push_failure_time_seconds</c>). It does not record a push that it cannot parse.
    /// </summary>
    public bool FailsGroup { get; init; }
}
