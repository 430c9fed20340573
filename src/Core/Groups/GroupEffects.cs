using PushGateway.Limits;

namespace PushGateway.Groups;

/// <summary>What pushes that were applied to a group store led to, beside the state. Reusable through <see cref="Clear"/>.</summary>
public sealed class GroupEffects
{
    private readonly List<StaleSeries> _stale = [];
    private readonly List<RefusedPush> _refused = [];

    /// <summary>Whether a sink is to hear of the series that end; without one, the store does not keep them.</summary>
    public bool TellsSink { get; init; } = true;

    /// <summary>
    /// The series that the pushes have ended: those a replace, a merge or a delete dropped, and those of a push that came after the one
    /// that overtook it. A push applied again ends the same series again, until <see cref="IGroupStore.ConfirmAsync"/>.
    /// </summary>
    public IReadOnlyList<StaleSeries> Stale => _stale;

    /// <summary>The pushes that the store has no room for. Nothing of them was applied.</summary>
    public IReadOnlyList<RefusedPush> Refused => _refused;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _stale.Clear();
        _refused.Clear();
    }

    internal void End(int push, in EndedSeries ended) => _stale.Add(new StaleSeries(push, ended));

    internal void Refuse(int push, PushError reason) => _refused.Add(new RefusedPush(push, reason));
}
