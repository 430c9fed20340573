namespace PushGateway.Simulation;

/// <summary>The gateway on one machine, through all its restarts.</summary>
internal sealed class OneMachine(Simulation simulation) : IGateway
{
    private Gateway _gateway = new(simulation);

    public void Accept(SimulatedPush push) => _gateway.Accept(push);

    public void Kill()
    {
        var (world, disk) = (simulation.World, simulation.Disk);
        _gateway.Life.Kill();
        disk.SentAtKill.UnionWith(disk.Messages.Where(stored => disk.Sent.Contains(stored.Key)).Select(stored => stored.Value.Message));
        foreach (var push in simulation.Pushes)
        {
            push.IsOpen = false;
        }

        world.After(world.Between(5, 500), () => _gateway = new Gateway(simulation));
    }
}
