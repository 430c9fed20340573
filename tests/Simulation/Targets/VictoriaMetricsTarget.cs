namespace PushGateway.Simulation.Targets;

/// <summary>VictoriaMetrics takes everything.</summary>
internal sealed class VictoriaMetricsTarget : Target
{
    public override string? Write(IReadOnlyList<WireSample> request, long nowMs)
    {
        foreach (var sample in request)
        {
            Store(sample);
        }

        return null;
    }
}
