namespace PushGateway.Simulation.Aws;

/// <summary>The board that the workers share.</summary>
internal sealed class Board(World world)
{
    public Dictionary<long, long> Marks { get; } = [];

    /// <summary>How long a call to it takes.</summary>
    public TimeSpan CallTime() => world.Between(1, 20);
}
