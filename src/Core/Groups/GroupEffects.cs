using PushGateway.Push;

namespace PushGateway.Groups;

/// <summary>What pushes that were applied to a group store led to, beside the state. Reusable through <see cref="Clear"/>.</summary>
public sealed class GroupEffects
{
    /// <summary>Most markers that one call tells: a few requests to the target, and a few megabytes.</summary>
    public const int DefaultMaxMarkers = 10_000;

    private readonly List<DueMarker> _stale = [];
    private readonly SortedSet<int> _unfinished = [];
    private readonly List<(int Push, PushError Reason)> _refused = [];
    private readonly List<(int Push, string Reason)> _failed = [];
    private readonly List<(int Push, string Reason)> _waiting = [];

    /// <summary>Whether a sink is to hear of the series that end; without one, the store does not keep them.</summary>
    public bool TellsSink { get; init; } = true;

    /// <summary>Most markers in <see cref="Stale"/>.</summary>
    public int MaxMarkers { get; init; } = DefaultMaxMarkers;

    /// <summary>
    /// Whether the pushes were applied before, in their order. Then nothing is applied, and only what they have ended is told. Applied again
    /// after newer pushes, an old push would count as one that came late, and would end its series at the time of the newer ones.
    /// </summary>
    public bool WereApplied { get; init; }

    /// <summary>
    /// The series that the pushes have ended: those a replace, a merge or a delete dropped, and those of a push that came after the one
    /// that overtook it. Each is told once, however many of the pushes have the same time, and at most <see cref="MaxMarkers"/> in all.
    /// A push applied again ends the same series again, until <see cref="IGroupStore.ConfirmAsync"/>.
    /// </summary>
    public IReadOnlyList<DueMarker> Stale => _stale;

    /// <summary>
    /// The pushes that have ended more series than <see cref="Stale"/> has room for. Confirm those, then apply these pushes again: that
    /// tells the next ones.
    /// </summary>
    public IReadOnlyCollection<int> Unfinished => _unfinished;

    /// <summary>The pushes that the store has no room for. Nothing of them was applied.</summary>
    public IReadOnlyList<(int Push, PushError Reason)> Refused => _refused;

    /// <summary>
    /// The pushes that the store could not apply now, and that are to be applied again. Of a push to one group, nothing was applied; of a
    /// deletion by selector, what could be.
    /// </summary>
    public IReadOnlyList<(int Push, string Reason)> Failed => _failed;

    /// <summary>
    /// The parts of pushes that are not whole yet. They are to be applied again, as those that failed, but nothing is wrong with them.
    /// </summary>
    public IReadOnlyList<(int Push, string Reason)> Waiting => _waiting;

    /// <summary>The store has no room for a push.</summary>
    public void Refuse(int push, PushError reason) => _refused.Add((push, reason));

    /// <summary>The store could not apply a push.</summary>
    public void Fail(int push, string reason) => _failed.Add((push, reason));

    /// <summary>A part of a push waits for the others.</summary>
    public void Wait(int push, string reason) => _waiting.Add((push, reason));

    /// <summary>Adds what other pushes of the same batch led to.</summary>
    public void Add(GroupEffects other)
    {
        ArgumentNullException.ThrowIfNull(other);
        foreach (var marker in other._stale)
        {
            Add(marker);
        }

        _unfinished.UnionWith(other._unfinished);
        _refused.AddRange(other._refused);
        _failed.AddRange(other._failed);
        _waiting.AddRange(other._waiting);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _stale.Clear();
        _unfinished.Clear();
        _refused.Clear();
        _failed.Clear();
        _waiting.Clear();
    }

    /// <summary>A push has ended a series of a group. False when there is no room for more.</summary>
    internal bool Add(in DueMarker marker)
    {
        if (_stale.Count < MaxMarkers)
        {
            _stale.Add(marker);
            return true;
        }

        Leave(marker.Push);
        return false;
    }

    /// <summary>A push has ended more series than can be told.</summary>
    internal void Leave(int push) => _unfinished.Add(push);
}
