using System.Collections.Concurrent;

namespace PushGateway.EndToEnd.Tests;

/// <summary>What clients have sent, and what the gateway has answered. Safe for concurrent use.</summary>
sealed class PushLog
{
    readonly ConcurrentDictionary<string, double> _sent = new();
    readonly ConcurrentDictionary<string, double> _acknowledged = new();
    readonly ConcurrentQueue<string> _unexpected = new();

    /// <summary>Values by the pushes' ids: everything that was sent, whatever became of it.</summary>
    internal IReadOnlyDictionary<string, double> Sent => _sent;

    /// <summary>Values by the pushes' ids: what was answered 202.</summary>
    internal IReadOnlyDictionary<string, double> Acknowledged => _acknowledged;

    /// <summary>Answers other than 202.</summary>
    internal IReadOnlyCollection<string> Unexpected => _unexpected;

    /// <summary>To be called before the push is sent.</summary>
    internal void Send(string id, double value) => _sent[id] = value;

    /// <summary>To be called with each answer.</summary>
    internal void Answer(string id, int status)
    {
        if (status == 202)
            _acknowledged[id] = _sent[id];
        else
            _unexpected.Enqueue($"{id}: {status}");
    }
}
