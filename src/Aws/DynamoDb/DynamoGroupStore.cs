using System.Globalization;
using System.Runtime.CompilerServices;
using Amazon.DynamoDBv2;
using Microsoft.Extensions.Logging;
using PushGateway.Delivery;
using PushGateway.Exposition;
using PushGateway.Groups;
using PushGateway.Push;

namespace PushGateway.Aws.DynamoDb;

/// <summary>
/// The group store on DynamoDB. Any number of workers may use one table (<see cref="DynamoGroupTable"/>). A group is one item, and more when
/// it is larger than an item may be. The store reads the group, applies every push of the batch to it in memory, and writes it back on the
/// condition that nobody has written it since. When somebody has, the store starts again with reading. The SDK's client is created on first
/// use, from the SDK's own configuration.
/// </summary>
/// <remarks>
/// Permissions: <c>dynamodb:GetItem</c>, <c>dynamodb:PutItem</c>, <c>dynamodb:UpdateItem</c> and <c>dynamodb:Scan</c> on the table,
/// <c>dynamodb:Query</c> on its index. Reading needs only <c>dynamodb:Scan</c> and <c>dynamodb:GetItem</c>.
/// Ungrouped series are not held, and <see cref="GroupStoreOptions.MaxGroups"/> is ignored.
/// A push is refused with <see cref="RejectCode.GroupTooLarge"/> when its group would take more than 16 items, and with
/// <see cref="RejectCode.GroupingKeyInvalid"/> when its group's path is longer than a key of DynamoDB.
/// </remarks>
public sealed class DynamoGroupStore : IGroupStore, IDisposable
{
    /// <summary>Most groups that are read and written at the same time.</summary>
    private const int Parallelism = 8;

    /// <summary>Most times that a group is read and written when other workers write it, too. In each round one of them succeeds.</summary>
    private const int MaxAttempts = 16;

    private const long NanosecondsPerMillisecond = 1_000_000;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(500);

    private readonly DynamoGroupOptions _options;
    private readonly TimeProvider _time;
    private readonly Lazy<IAmazonDynamoDB> _client;
    private readonly DynamoGroupLimits _limits;
    private readonly DynamoGroupItems _items;
    private readonly StoredGroups _groups;
    private readonly UnreadableItems _unreadable;

    /// <summary>Creates the store; nothing is called yet.</summary>
    /// <param name="options">Options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Is told of items that cannot be read.</param>
    public DynamoGroupStore(DynamoGroupOptions options, TimeProvider time, ILogger<DynamoGroupStore>? logger = null)
        : this(options, time, DynamoClient.Create, logger)
    {
    }

    internal DynamoGroupStore(
        DynamoGroupOptions options,
        TimeProvider time,
        Func<IAmazonDynamoDB> createClient,
        ILogger<DynamoGroupStore>? logger = null,
        DynamoGroupLimits? limits = null)
    {
        _options = options;
        _time = time;
        _client = new Lazy<IAmazonDynamoDB>(createClient);
        _limits = limits ?? DynamoGroupLimits.Default;
        _items = new DynamoGroupItems(options.TableName, _client);
        _groups = new StoredGroups(_items, _limits, options.Groups.TombstoneRetention, time);
        _unreadable = new UnreadableItems(logger, time);
        Board = new DynamoBacklogBoard(options.TableName, _client, time);
    }

    /// <summary>The board of the workers that use the table. It costs a read every two seconds, and a write every few while messages wait.</summary>
    public IBacklogBoard Board { get; }

    /// <inheritdoc/>
    /// <remarks>
    /// When DynamoDB cannot be reached, groups that were not begun yet are not tried: their pushes fail with the same reason. When other
    /// workers write a group all the time, its item cannot be read, or DynamoDB refuses that item, only the pushes to that group fail. A deletion
    /// by selector passes over an item that cannot be read.
    /// </remarks>
    public async ValueTask ApplyAsync(IReadOnlyList<BatchedPush> pushes, GroupEffects effects, CancellationToken cancellationToken)
    {
        var headers = pushes.Select(static push => push.Header).ToList();
        RefuseLongPaths(headers, effects);
        var groups = Sort(headers, await TryFindPathsAsync(headers, effects, cancellationToken));
        var results = new GroupEffects[groups.Count];
        string? outage = null;
        var told = 0;
        await ForEachAsync(groups.Count, ApplyToGroupAsync, cancellationToken);
        Array.ForEach(results, effects.Add);

        async ValueTask ApplyToGroupAsync(int i, CancellationToken cancellation)
        {
            var (work, result) = (groups[i], results[i] = new GroupEffects
            {
                TellsSink = effects.TellsSink,
                WereApplied = effects.WereApplied,
                MaxMarkers = Math.Max(effects.MaxMarkers - told, 0),
            });
            var failure = outage;
            try
            {
                failure ??= await TryUpdateAsync(work.Path, held => Apply(held, work, pushes, result), cancellation);
            }
            catch (GroupStoreUnavailableException exception)
            {
                failure = exception.Message;
                outage = DynamoFailure.IsOutage(exception.InnerException) ? failure : outage;
            }
            catch (InvalidDataException exception)
            {
                result.Clear();
                FailUnreadable(work, pushes, Unreadable(work.Path, exception), result);
            }

            if (failure is not null)
            {
                result.Clear();
                work.Pushes.ForEach(push => result.Fail(push, failure));
            }

            Interlocked.Add(ref told, result.Stale.Count);
        }
    }

    /// <inheritdoc/>
    public async ValueTask ConfirmAsync(IReadOnlyList<DueMarker> delivered, CancellationToken cancellationToken)
    {
        var groups = DeliveredMarkers.ByGroup(delivered);
        await ForEachAsync(
            groups.Count,
            async (i, cancellation) =>
            {
                if (await TryConfirmAsync(groups[i], cancellation) is { } failure)
                {
                    throw new GroupStoreUnavailableException(failure);
                }
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Reads the whole table. Each group is read at one instant, but pushes may be applied between the reads of two groups. The scan keeps
    /// the groups as they are stored. A group that this release cannot read is skipped, and reported.
    /// </remarks>
    public async ValueTask<IHeldScan> OpenScanAsync(CancellationToken cancellationToken)
    {
        var items = await _items.ScanAsync(cancellationToken).ToListAsync(cancellationToken);
        var groups = new EncodedGroup?[items.Count];
        await ForEachAsync(
            items.Count,
            async (i, cancellation) => groups[i] = await TryReadAsync(items[i].Path, () => _groups.CompleteAsync(items[i], cancellation)),
            cancellationToken);
        var now = _time.GetUtcNow();
        return new DynamoScan([.. groups.OfType<EncodedGroup>().OrderBy(static group => group.Path, StringComparer.Ordinal)], group => TryDecode(group, now));
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The index lags a moment behind the groups. Therefore each group that it names is read, and the group itself decides. Groups are read
    /// as they are asked for, those that have been due longest first in each partition of the index. Each search begins at another partition:
    /// a run that never comes to all of them leaves no group waiting for ever.
    /// </remarks>
    public async IAsyncEnumerable<PushHeader> FindExpiredAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var first = _options.Random.Next(DynamoGroupTable.ExpiryShards);
        for (var i = 0; i < DynamoGroupTable.ExpiryShards; i++)
        {
            var shard = (first + i) % DynamoGroupTable.ExpiryShards;
            await foreach (var paths in _items.QueryDueAsync(shard, now.ToUnixTimeMilliseconds(), cancellationToken).Chunk(Parallelism))
            {
                foreach (var expiry in await Task.WhenAll(paths.Select(path => FindExpiryAsync(path, now, cancellationToken))))
                {
                    if (expiry is { } due)
                    {
                        yield return due;
                    }
                }
            }
        }
    }

    /// <summary>Disposes of the client.</summary>
    public void Dispose()
    {
        if (_client.IsValueCreated)
        {
            _client.Value.Dispose();
        }
    }

    private static void RefuseLongPaths(List<PushHeader> pushes, GroupEffects effects)
    {
        for (var i = 0; i < pushes.Count; i++)
        {
            if (pushes[i].Group is { Path.Length: > DynamoGroupTable.MaxPathBytes and var length })
            {
                effects.Refuse(i, new PushError(
                    RejectCode.GroupingKeyInvalid,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"the path of the group has {length} characters, more than the {DynamoGroupTable.MaxPathBytes} of a key in DynamoDB")));
            }
        }
    }

    // Assigns the pushes to their groups, in order. A selector chooses among the known groups and the groups of the batch itself.
    private static List<GroupWork> Sort(List<PushHeader> pushes, IReadOnlyList<string> known)
    {
        var groups = new Dictionary<string, GroupWork>(StringComparer.Ordinal);
        foreach (var path in pushes.Select(static push => push.Group?.Path).Concat(known))
        {
            if (path is { Length: <= DynamoGroupTable.MaxPathBytes })
            {
                groups.TryAdd(path, new GroupWork(path));
            }
        }

        for (var i = 0; i < pushes.Count; i++)
        {
            if (pushes[i].Selector is { } selector)
            {
                foreach (var group in groups.Values.Where(group => selector.Matches(group.Path)))
                {
                    group.Pushes.Add(i);
                }
            }
            else if (pushes[i].Group is { } key && groups.TryGetValue(key.Path, out var group))
            {
                group.Pushes.Add(i);
            }
        }

        return [.. groups.Values.Where(static group => group.Pushes.Count > 0)];
    }

    // Null when there is none or this release cannot read it. The other groups are shown and ended all the same.
    private async Task<EncodedGroup?> TryReadAsync(string path, Func<Task<StoredGroup?>> readAsync)
    {
        try
        {
            return (await readAsync())?.Group;
        }
        catch (InvalidDataException exception)
        {
            _unreadable.Skip(Unreadable(path, exception));
            return null;
        }
    }

    private GroupRow? TryDecode(EncodedGroup encoded, DateTimeOffset now)
    {
        try
        {
            var group = encoded.Decode();
            group.BringBack(now);
            return group;
        }
        catch (InvalidDataException exception)
        {
            _unreadable.Skip(Unreadable(encoded.Path, exception));
            return null;
        }
    }

    // A deletion by selector is done without the group, as expiry is: nobody can say whether its series are to end.
    private void FailUnreadable(GroupWork work, IReadOnlyList<BatchedPush> pushes, string reason, GroupEffects effects)
    {
        foreach (var push in work.Pushes)
        {
            if (pushes[push].Header.Selector is null)
            {
                effects.Fail(push, reason);
            }
            else
            {
                _unreadable.Skip(reason);
            }
        }
    }

    private async Task<PushHeader?> FindExpiryAsync(string path, DateTimeOffset now, CancellationToken cancellationToken) =>
        await TryReadAsync(path, () => _groups.ReadAsync(path, cancellationToken)) is { } encoded
            && TryDecode(encoded, now) is { ExpiresAtNs: { } time } group
            && time <= now.ToUnixTimeMilliseconds() * NanosecondsPerMillisecond
            ? group.Expiry
            : null;

    private static string Unreadable(string path, InvalidDataException exception) => $"The item of group {path} cannot be read: {exception.Message}.";

    private PushError TooLarge(long size) => new(
        RejectCode.GroupTooLarge,
        string.Create(CultureInfo.InvariantCulture, $"the group would take {size} bytes in DynamoDB, more than {_limits.MaxStateBytes}"))
    {
        FailsGroup = true,
    };

    private TimeSpan PauseAfter(int attempt)
    {
        var longest = Math.Min(FirstPause.Ticks << Math.Min(attempt, 16), LongestPause.Ticks);
        return TimeSpan.FromTicks(_options.Random.NextInt64(longest));
    }

    // A failure ends nothing but the calls that would come after it.
    private static Task ForEachAsync(int count, Func<int, CancellationToken, ValueTask> body, CancellationToken cancellationToken)
    {
        var next = -1;
        return Task.WhenAll(Enumerable.Range(0, Math.Min(Parallelism, count)).Select(_ => RunAsync()));

        async Task RunAsync()
        {
            for (int i; (i = Interlocked.Increment(ref next)) < count;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await body(i, cancellationToken);
            }
        }
    }

    private async ValueTask<IReadOnlyList<string>> TryFindPathsAsync(
        List<PushHeader> pushes, GroupEffects effects, CancellationToken cancellationToken)
    {
        try
        {
            return await FindPathsAsync(pushes, cancellationToken);
        }
        catch (GroupStoreUnavailableException exception)
        {
            for (var i = 0; i < pushes.Count; i++)
            {
                if (pushes[i].Selector is not null)
                {
                    effects.Fail(i, exception.Message);
                }
            }

            return [];
        }
    }

    // The groups that the selectors choose from.
    private async ValueTask<IReadOnlyList<string>> FindPathsAsync(IReadOnlyList<PushHeader> pushes, CancellationToken cancellationToken) =>
        pushes.Any(static push => push.Selector is not null)
            ? await _items.ScanPathsAsync(cancellationToken).ToListAsync(cancellationToken)
            : [];

    private async ValueTask<string?> TryConfirmAsync(DeliveredMarkers delivered, CancellationToken cancellationToken)
    {
        try
        {
            return await TryUpdateAsync(delivered.Path, held => Confirm(held, delivered), cancellationToken);
        }
        catch (InvalidDataException exception)
        {
            return Unreadable(delivered.Path, exception);
        }
    }

    // Returns null, or why this group alone cannot be updated. Throws when its item cannot be read.
    private async ValueTask<string?> TryUpdateAsync(
        string path, Func<EncodedGroup?, EncodedGroup?> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var held = await _groups.ReadToWriteAsync(path, cancellationToken);
            if ((change(held?.Group) ?? Tidied(held)) is not { } next || await _groups.TryWriteAsync(held, next, cancellationToken))
            {
                return null;
            }

            await Task.Delay(PauseAfter(attempt), _time, cancellationToken);
        }

        return $"Group {path} is written by others all the time.";
    }

    // A worker died before it had removed the chunks of a group that has become small.
    private static EncodedGroup? Tidied(StoredGroup? held) =>
        held is { Item: { HasChunks: true, Chunks: null } } ? EncodedGroup.From(held.Group.Decode()) : null;

    // Null when there is nothing to write.
    private EncodedGroup? Apply(EncodedGroup? held, GroupWork work, IReadOnlyList<BatchedPush> pushes, GroupEffects effects)
    {
        effects.Clear();
        var group = Decode(held, work);
        var applied = work.Pushes.FindAll(push => TryApply(group, pushes, push, effects));
        var next = group.HasChanged ? EncodedGroup.From(group) : null;
        if (next?.State.Length > _limits.MaxStateBytes)
        {
            return ApplyWhatFits(held, work, pushes, effects);
        }

        Tell(group, pushes, applied, effects);
        return next;
    }

    private EncodedGroup? ApplyWhatFits(EncodedGroup? held, GroupWork work, IReadOnlyList<BatchedPush> pushes, GroupEffects effects)
    {
        effects.Clear();
        EncodedGroup? next = null;
        var applied = new List<int>();
        foreach (var unit in Units(work, pushes))
        {
            var group = Decode(next ?? held, work);
            var taken = unit.Where(push => TryApply(group, pushes, push, effects)).ToList();
            var encoded = group.HasChanged ? EncodedGroup.From(group) : next;
            if (encoded?.State.Length is { } size && size > _limits.MaxStateBytes)
            {
                taken.ForEach(push => effects.Refuse(push, TooLarge(size)));
                continue;
            }

            applied.AddRange(taken);
            next = encoded;
        }

        Tell(Decode(next ?? held, work), pushes, applied, effects);
        return next;
    }

    // The parts of a push go together: those that wait take more room beside the state of before than all of them in its place.
    private static IEnumerable<IEnumerable<int>> Units(GroupWork work, IReadOnlyList<BatchedPush> pushes) =>
        work.Pushes.GroupBy(push => pushes[push].Header is { Part: not null } part ? (part.PushTimeNs, 0) : (0, push + 1));

    private static GroupRow Decode(EncodedGroup? held, GroupWork work) => held?.Decode() ?? new GroupRow(work.Path);

    private bool TryApply(GroupRow group, IReadOnlyList<BatchedPush> pushes, int push, GroupEffects effects)
    {
        if (!effects.WereApplied && group.Apply(pushes[push], _options.Groups, effects.TellsSink, _time.GetUtcNow()) is { } refusal)
        {
            effects.Refuse(push, refusal);
            return false;
        }

        return true;
    }

    // Pushes of one time tell together what they have ended. A part of one that is not whole comes again.
    private static void Tell(GroupRow group, IReadOnlyList<BatchedPush> pushes, List<int> applied, GroupEffects effects)
    {
        foreach (var push in applied)
        {
            if (group.WaitingFor(pushes[push].Header) is { } reason)
            {
                effects.Wait(push, reason);
            }
        }

        if (effects.TellsSink)
        {
            foreach (var push in applied.DistinctBy(push => pushes[push].Header.PushTimeNs))
            {
                group.ReadEnded(pushes[push].Header.PushTimeNs, push, effects);
            }
        }
    }

    private static EncodedGroup? Confirm(EncodedGroup? held, DeliveredMarkers delivered)
    {
        if (held?.Decode() is not { } group)
        {
            return null;
        }

        group.Confirm(delivered);
        return group.HasChanged ? EncodedGroup.From(group) : null;
    }
}
