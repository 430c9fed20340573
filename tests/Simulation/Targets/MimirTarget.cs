namespace PushGateway.Simulation.Targets;

/// <summary>Cortex, Mimir and AMP store what they can of a request, and answer 400 when they refused a sample.</summary>
internal sealed class MimirTarget(TimeSpan outOfOrderWindow) : TsdbHead(outOfOrderWindow, TimeSpan.FromMinutes(10))
{
    public override string? Write(IReadOnlyList<WireSample> request, long nowMs)
    {
        var answers = Check(request, nowMs).ToList();
        Append(answers.Where(answer => answer.Reason is null).Select(answer => answer.Sample));
        var (sample, reason) = answers.Find(answer => answer.Reason is not null);
        return reason is null ? null : $"user=anonymous: the sample has been rejected: {reason}, affected series: {sample.Series}";
    }
}
