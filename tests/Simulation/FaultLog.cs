using PushGateway.Delivery;

namespace PushGateway.Simulation;

/// <summary>Keeps the exceptions that delivery reports.</summary>
internal sealed class FaultLog : DeliveryObserver
{
    public List<Exception> Faults { get; } = [];

    public override void Faulted(Exception exception) => Faults.Add(exception);
}
