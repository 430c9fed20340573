using PushGateway.Queue;

namespace PushGateway.Delivery;

/// <summary>Is told what an operator would want to know of a <see cref="DeliveryPump"/>; by default nothing is done about it.</summary>
public class DeliveryObserver
{
    /// <summary>Messages were given back to the queue.</summary>
    public virtual void Failed(int messages, string reason)
    {
    }

    /// <summary>A message was moved to the dead-letter queue.</summary>
    public virtual void DeadLettered(DeadLetter letter)
    {
    }

    /// <summary>A dead letter was cut, because the dead-letter queue does not take it as it is.</summary>
    /// <param name="letter">The letter.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="left">Its size after the cut.</param>
    public virtual void LetterCut(DeadLetter letter, int bytes, int left)
    {
    }

    /// <summary>The target takes nothing, or still takes nothing.</summary>
    public virtual void TargetDown(DeliveryState state)
    {
    }

    /// <summary>The target takes requests again.</summary>
    /// <param name="outage">How long the target was down.</param>
    public virtual void TargetUp(TimeSpan outage)
    {
    }

    /// <summary>The queue itself failed; the pump goes on after a while.</summary>
    public virtual void Faulted(Exception exception)
    {
    }
}
