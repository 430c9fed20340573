using Microsoft.Extensions.Logging;
using PushGateway.Delivery;
using PushGateway.Queue;

namespace PushGateway.Hosting;

/// <summary>Logs what delivery reports.</summary>
internal sealed class LoggingDeliveryObserver(ILogger<DeliveryPump> logger) : DeliveryObserver
{
    public override void Failed(int messages, string reason) => logger.DeliveryFailed(messages, reason);

    public override void DeadLettered(DeadLetter letter) => logger.DeadLettered(letter.Message.Id, letter.Reason.Code, letter.Reason.Detail);

    public override void LetterCut(DeadLetter letter, int bytes, int left) => logger.LetterCut(letter.Message.Id, bytes, left);

    public override void Faulted(Exception exception) => logger.QueueFaulted(exception);

    public override void TargetDown(DeliveryState state)
    {
        var (_, since, reason) = state.Target!;
        if (state is { Messages: { } messages, OldestAge: { } age })
        {
            logger.TargetDown(since, reason!, messages, Seconds(age));
        }
        else
        {
            logger.TargetDown(since, reason!);
        }
    }

    public override void TargetUp(TimeSpan outage) => logger.TargetUp(Seconds(outage));

    private static TimeSpan Seconds(TimeSpan exact) => TimeSpan.FromSeconds(Math.Round(exact.TotalSeconds));
}
