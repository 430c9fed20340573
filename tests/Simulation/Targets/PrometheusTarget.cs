namespace PushGateway.Simulation.Targets;

/// <summary>Prometheus stores nothing of a request in which it refuses a sample, and names the first.</summary>
/// <param name="outOfOrderWindow">The setting <c>out_of_order_time_window</c>.</param>
/// <param name="maxAhead">Ten minutes from version 2.54 on. 2.53 takes samples of any future.</param>
internal sealed class PrometheusTarget(TimeSpan outOfOrderWindow, TimeSpan? maxAhead = null) : TsdbHead(outOfOrderWindow, maxAhead)
{
    public override string? Write(IReadOnlyList<WireSample> request, long nowMs)
    {
        var reason = Check(request, nowMs).FirstOrDefault(answer => answer.Reason is not null).Reason;
        if (reason is null)
        {
            Append(request);
        }

        return reason;
    }
}
