using PushGateway.Push;

namespace PushGateway.Formats.Json;

/// <summary>A rule of <see cref="RecordRules"/>.</summary>
public sealed class RecordRule
{
    private readonly Judgement _judge;

    internal RecordRule(RecordPart part, string code, Judgement judge) => (Part, Code, _judge) = (part, code, judge);

    // What is wrong with an item; null when nothing is.
    internal delegate string? Judgement(in RecordItem item);

    /// <summary>What the rule is about.</summary>
    public RecordPart Part { get; }

    /// <summary>The code of those who break it.</summary>
    public string Code { get; }

    /// <summary>Why the item breaks the rule; null when it does not.</summary>
    public PushError? Check(in RecordItem item) => _judge(item) is { } detail ? new PushError(Code, detail, Pointer: item.Pointer) : null;
}
