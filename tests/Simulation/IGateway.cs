namespace PushGateway.Simulation;

/// <summary>A gateway as its clients see it.</summary>
internal interface IGateway
{
    /// <summary>Accepts a push as Api does.</summary>
    void Accept(SimulatedPush push);

    /// <summary>Kills one of its processes, and starts the next one a moment later.</summary>
    void Kill();
}
