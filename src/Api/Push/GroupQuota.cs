using PushGateway.Embedded;
using PushGateway.Groups;
using PushGateway.Push;

namespace PushGateway.Api.Push;

/// <summary>
/// Refuses at once what the group store would refuse later. On one machine that is all that it would refuse, by what has been delivered
/// so far; where another process keeps the groups, a push that is too large by itself.
/// </summary>
internal sealed class GroupQuota(GroupStoreOptions options, EmbeddedGroupStore? groups)
{
    public PushError? Check(in BatchedPush push) => groups is null
        ? options.CheckSeries(push.End.Series - push.Start.Series)
        : groups.Check(push);
}
