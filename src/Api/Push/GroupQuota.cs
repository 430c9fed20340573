using PushGateway.Embedded;
using PushGateway.Groups;
using PushGateway.Push;

namespace PushGateway.Api.Push;

/// <summary>
/// Refuses at once what the group store would refuse later. On one machine that is all that it would refuse, and a group that a push is about
/// to bring has its place from now on; where another process keeps the groups, a push that is too large by itself.
/// </summary>
internal sealed class GroupQuota(GroupStoreOptions options, EmbeddedGroupStore? groups)
{
    /// <summary>Null when there will be room for a push, which is then to be queued or released; otherwise the reason.</summary>
    public PushError? Reserve(in BatchedPush push)
    {
        if (groups is not null)
        {
            return groups.Reserve(push);
        }

        return push.Header.Group is null ? null : options.CheckSeries(push.End.Series - push.Start.Series);
    }

    /// <summary>Pushes for which there was room are not queued.</summary>
    public void Release(IEnumerable<BatchedPush> pushes)
    {
        foreach (var push in pushes)
        {
            groups?.Release(push.Header);
        }
    }
}
