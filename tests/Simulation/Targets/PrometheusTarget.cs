namespace PushGateway.Simulation.Targets;

/// <summary>Prometheus stores nothing of a request in which it refuses a sample, and names the first.</summary>
internal sealed class PrometheusTarget(TimeSpan outOfOrderWindow) : TsdbHead(outOfOrderWindow)
{
    public override string? Write(IReadOnlyList<WireSample> request)
    {
        var head = HeadMs;
        foreach (var sample in request)
        {
            if (Check(sample, head) is { } reason)
            {
                return reason;
            }
        }

        foreach (var sample in request)
        {
            Append(sample);
        }

        return null;
    }
}
