using PushGateway.Push;

namespace PushGateway.Groups;

/// <summary>What pushes that were applied to a group store led to, beside the state. Reusable through <see cref="Clear"/>.</summary>
public sealed class GroupEffects
{
    private readonly List<DueMarker> _stale = [];
    private readonly List<(int Push, PushError Reason)> _refused = [];
    private readonly List<(int Push, string Reason)> _failed = [];

    /// <summary>Whether a sink is to hear of the series that end; without one, the store does not keep them.</summary>
    public bool TellsSink { get; init; } = true;

    /// <summary>
    /// Whether the pushes were applied before, in their order. Then nothing is applied, and only what they have ended is told. Applied again
    /// after newer pushes, an old push would count as one that came late, and would end its series at the time of the newer ones.
    /// </summary>
    public bool WereApplied { get; init; }

    /// <summary>
    /// The series that the pushes have ended: those a replace, a merge or a delete dropped, and those of a push that came after the one
    /// that overtook it. A push applied again ends the same series again, until <see cref="IGroupStore.ConfirmAsync"/>.
    /// </summary>
    public IReadOnlyList<DueMarker> Stale => _stale;

    /// <summary>The pushes that the store has no room for. Nothing of them was applied.</summary>
    public IReadOnlyList<(int Push, PushError Reason)> Refused => _refused;

    /// <summary>
    /// The pushes that the store could not apply now, and that are to be applied again. Of a push to one group, nothing was applied; of a
    /// deletion by selector, what could be.
    /// </summary>
    public IReadOnlyList<(int Push, string Reason)> Failed => _failed;

    /// <summary>The store has no room for a push.</summary>
    public void Refuse(int push, PushError reason) => _refused.Add((push, reason));

    /// <summary>The store could not apply a push.</summary>
    public void Fail(int push, string reason) => _failed.Add((push, reason));

    /// <summary>Adds what other pushes of the same batch led to.</summary>
    public void Add(GroupEffects other)
    {
        ArgumentNullException.ThrowIfNull(other);
        _stale.AddRange(other._stale);
        _refused.AddRange(other._refused);
        _failed.AddRange(other._failed);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _stale.Clear();
        _refused.Clear();
        _failed.Clear();
    }

    internal void End(int push, in EndedSeries ended) => _stale.Add(new DueMarker(push, ended));
}
