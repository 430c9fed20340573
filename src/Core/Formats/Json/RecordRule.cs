using PushGateway.Push;

namespace PushGateway.Formats.Json;

/// <summary>A rule of <see cref="RecordRules"/>.</summary>
public sealed class RecordRule
{
    private readonly Judgement _judge;

    internal RecordRule(RecordPart part, string code, Judgement judge) => (Part, Code, _judge) = (part, code, judge);

    // Returns the sentence for the sender; null when the item keeps the rule.
    internal delegate string? Judgement(in RecordItem item);

    /// <summary>The part of a record that the rule is about.</summary>
    public RecordPart Part { get; }

    /// <summary>The code of the error.</summary>
    public string Code { get; }

    /// <summary>Returns the error of an item that breaks the rule; null when the item keeps it.</summary>
    public PushError? Check(in RecordItem item) => _judge(item) is { } detail ? new PushError(Code, detail, Pointer: item.Pointer) : null;
}
