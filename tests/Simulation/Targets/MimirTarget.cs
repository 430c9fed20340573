namespace PushGateway.Simulation.Targets;

/// <summary>Cortex, Mimir and AMP store what they can of a request, and answer 400 when they refused a sample.</summary>
internal sealed class MimirTarget(TimeSpan outOfOrderWindow) : TsdbHead(outOfOrderWindow)
{
    public override string? Write(IReadOnlyList<WireSample> request)
    {
        string? first = null;
        var head = HeadMs;
        foreach (var sample in request)
        {
            if (Check(sample, head) is { } reason)
            {
                first ??= $"user=anonymous: the sample has been rejected: {reason}, affected series: {sample.Series}";
            }
            else
            {
                Append(sample);
            }
        }

        return first;
    }
}
