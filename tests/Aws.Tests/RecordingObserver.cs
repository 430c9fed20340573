using System.Collections.Concurrent;
using PushGateway.Delivery;
using PushGateway.Queue;

namespace PushGateway.Aws.Tests;

/// <summary>Remembers what it was told.</summary>
internal sealed class RecordingObserver : DeliveryObserver
{
    public ConcurrentQueue<Exception> Exceptions { get; } = [];

    public ConcurrentQueue<string> Failures { get; } = [];

    public ConcurrentQueue<string> Letters { get; } = [];

    public ConcurrentQueue<string> Cuts { get; } = [];

    public override void LetterCut(DeadLetter letter, int bytes, int left) => Cuts.Enqueue($"{letter.Message.Id} {bytes > left}");

    public override void Faulted(Exception exception) => Exceptions.Enqueue(exception);

    public override void Failed(int messages, string reason) => Failures.Enqueue($"{messages} {reason}");

    public override void DeadLettered(DeadLetter letter) => Letters.Enqueue($"{letter.Message.Id} {letter.Reason.Code}");
}
