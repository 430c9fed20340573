using System.Collections.Concurrent;
using System.Globalization;
using Amazon.DynamoDBv2;
using PushGateway.Exposition;
using PushGateway.Groups;
using PushGateway.Push;

namespace PushGateway.Aws.DynamoDb;

/// <summary>
/// The group store on DynamoDB. Any number of workers may use one table (<see cref="DynamoGroupTable"/>). A group is one item. The store
/// reads the item, applies every push of the batch to it in memory, and writes it back on the condition that nobody has written it since.
/// When somebody has, the store starts again with reading. The SDK's client is created on first use, from the SDK's own configuration.
/// </summary>
/// <remarks>
/// Permissions: <c>dynamodb:GetItem</c>, <c>dynamodb:PutItem</c> and <c>dynamodb:Scan</c> on the table, <c>dynamodb:Query</c> on its index.
/// Reading needs only <c>dynamodb:Scan</c>.
/// Ungrouped series are not held, and <see cref="GroupStoreOptions.MaxGroups"/> is ignored.
/// A push is refused with <see cref="RejectCode.GroupTooLarge"/> when its group's item would be larger than DynamoDB takes, and with
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
    private readonly DynamoGroupItems _items;

    /// <summary>Creates the store; nothing is called yet.</summary>
    public DynamoGroupStore(DynamoGroupOptions options, TimeProvider time)
        : this(options, time, DynamoClient.Create)
    {
    }

    internal DynamoGroupStore(DynamoGroupOptions options, TimeProvider time, Func<IAmazonDynamoDB> createClient)
    {
        _options = options;
        _time = time;
        _client = new Lazy<IAmazonDynamoDB>(createClient);
        _items = new DynamoGroupItems(options.TableName, _client);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// When DynamoDB cannot be reached, groups that were not begun yet are not tried: their pushes fail with the same reason. When other
    /// workers write a group all the time, or its item cannot be read, only the pushes to that group fail.
    /// </remarks>
    public async ValueTask ApplyAsync(IReadOnlyList<BatchedPush> pushes, GroupEffects effects, CancellationToken cancellationToken)
    {
        var headers = pushes.Select(static push => push.Header).ToList();
        RefuseLongPaths(headers, effects);
        var groups = Sort(headers, await TryFindKeysAsync(headers, effects, cancellationToken));
        var results = new GroupEffects[groups.Count];
        string? outage = null;
        await ForEachAsync(groups.Count, ApplyToGroupAsync, cancellationToken);
        Array.ForEach(results, effects.Add);

        async ValueTask ApplyToGroupAsync(int i, CancellationToken cancellation)
        {
            var (work, result) = (groups[i], results[i] = new GroupEffects { TellsSink = effects.TellsSink, WereApplied = effects.WereApplied });
            var failure = outage;
            try
            {
                failure ??= await TryUpdateAsync(work.Key.Path, held => Apply(held, work, pushes, result), cancellation);
            }
            catch (GroupStoreUnavailableException exception)
            {
                failure = outage = exception.Message;
            }

            if (failure is not null)
            {
                result.Clear();
                work.Pushes.ForEach(push => result.Fail(push, failure));
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask ConfirmAsync(IReadOnlyList<BatchedPush> pushes, IReadOnlyList<DueMarker> delivered, CancellationToken cancellationToken)
    {
        var headers = delivered.Select(series => series.Push).Distinct().Select(push => pushes[push].Header).ToList();
        var groups = Sort(headers, await FindKeysAsync(headers, cancellationToken));
        var markers = new DeliveredMarkers(delivered);
        await ForEachAsync(
            groups.Count,
            async (i, cancellation) =>
            {
                if (await TryUpdateAsync(groups[i].Key.Path, held => Confirm(held, markers), cancellation) is { } failure)
                {
                    throw new GroupStoreUnavailableException(failure);
                }
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Reads the whole table. Each group is read at one instant, but pushes may be applied between the reads of two groups.
    /// </remarks>
    public async ValueTask ReadAsync(GroupReading destination, CancellationToken cancellationToken)
    {
        var items = await _items.ScanAsync(cancellationToken).ToListAsync(cancellationToken);
        foreach (var item in items.OrderBy(static item => item.Path, StringComparer.Ordinal))
        {
            Read(item).ReadInto(destination);
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The index lags a moment behind the groups. Therefore each group that it names is read, and the group itself decides.
    /// </remarks>
    public async ValueTask<IReadOnlyList<PushHeader>> FindExpiredAsync(CancellationToken cancellationToken)
    {
        var nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
        var expired = new ConcurrentBag<PushHeader>();
        await ForEachAsync(
            DynamoGroupTable.ExpiryShards,
            async (shard, cancellation) =>
            {
                await foreach (var path in _items.QueryDueAsync(shard, nowMs, cancellation))
                {
                    if (await _items.GetAsync(path, cancellation) is { } item && Read(item) is { ExpiresAtNs: { } time } group
                        && time <= nowMs * NanosecondsPerMillisecond)
                    {
                        expired.Add(group.Expiry);
                    }
                }
            },
            cancellationToken);
        return [.. expired];
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
    private static List<GroupWork> Sort(List<PushHeader> pushes, IReadOnlyList<GroupingKey> known)
    {
        var groups = new Dictionary<string, GroupWork>(StringComparer.Ordinal);
        foreach (var key in pushes.Select(static push => push.Group).Concat(known))
        {
            if (key is { Path.Length: <= DynamoGroupTable.MaxPathBytes })
            {
                groups.TryAdd(key.Path, new GroupWork(key));
            }
        }

        for (var i = 0; i < pushes.Count; i++)
        {
            if (pushes[i].Selector is { } selector)
            {
                foreach (var group in groups.Values.Where(group => selector.Matches(group.Key)))
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

    private static GroupRow Read(DynamoGroupItem item)
    {
        try
        {
            return item.Read();
        }
        catch (InvalidDataException exception)
        {
            throw new GroupStoreUnavailableException(Unreadable(item.Path, exception), exception);
        }
    }

    private static string Unreadable(string path, InvalidDataException exception) => $"The item of group {path} cannot be read: {exception.Message}.";

    private static PushError TooLarge(long size) => new(
        RejectCode.GroupTooLarge,
        string.Create(CultureInfo.InvariantCulture, $"the group would take {size} bytes in DynamoDB, more than {DynamoGroupTable.MaxItemBytes}"))
    {
        FailsGroup = true,
    };

    private static TimeSpan PauseAfter(int attempt)
    {
        var longest = Math.Min(FirstPause.Ticks << Math.Min(attempt, 16), LongestPause.Ticks);
        return TimeSpan.FromTicks(Random.Shared.NextInt64(longest));
    }

    private static Task ForEachAsync(int count, Func<int, CancellationToken, ValueTask> body, CancellationToken cancellationToken) =>
        Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken }, body);

    private async ValueTask<IReadOnlyList<GroupingKey>> TryFindKeysAsync(
        List<PushHeader> pushes, GroupEffects effects, CancellationToken cancellationToken)
    {
        try
        {
            return await FindKeysAsync(pushes, cancellationToken);
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
    private async ValueTask<IReadOnlyList<GroupingKey>> FindKeysAsync(IReadOnlyList<PushHeader> pushes, CancellationToken cancellationToken)
    {
        var keys = new List<GroupingKey>();
        if (pushes.Any(static push => push.Selector is not null))
        {
            await foreach (var path in _items.ScanPathsAsync(cancellationToken))
            {
                if (GroupingKeyParser.TryParse(path, out var key, out _))
                {
                    keys.Add(key);
                }
            }
        }

        return keys;
    }

    // Returns null, or why this group alone cannot be updated.
    private async ValueTask<string?> TryUpdateAsync(
        string path, Func<DynamoGroupItem?, DynamoGroupItem?> change, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            var held = await _items.GetAsync(path, cancellationToken);
            try
            {
                if (change(held) is not { } next || await _items.TryPutAsync(next, held, cancellationToken))
                {
                    return null;
                }
            }
            catch (InvalidDataException exception)
            {
                return Unreadable(path, exception);
            }

            await Task.Delay(PauseAfter(attempt), _time, cancellationToken);
        }

        return $"Group {path} is written by others all the time.";
    }

    // Null when there is nothing to write.
    private DynamoGroupItem? Apply(DynamoGroupItem? held, GroupWork work, IReadOnlyList<BatchedPush> pushes, GroupEffects effects)
    {
        effects.Clear();
        var group = held?.Read() ?? new GroupRow(work.Key.Path);
        foreach (var push in work.Pushes)
        {
            group.Apply(pushes[push], _options.Groups, effects, push);
        }

        var next = group.HasChanged ? Write(group, held) : null;
        return next is { Size: > DynamoGroupTable.MaxItemBytes } ? ApplyWhatFits(held, work, pushes, effects) : next;
    }

    private DynamoGroupItem? ApplyWhatFits(DynamoGroupItem? held, GroupWork work, IReadOnlyList<BatchedPush> pushes, GroupEffects effects)
    {
        effects.Clear();
        DynamoGroupItem? next = null;
        foreach (var push in work.Pushes)
        {
            var group = (next ?? held)?.Read() ?? new GroupRow(work.Key.Path);
            var result = new GroupEffects { TellsSink = effects.TellsSink };
            group.Apply(pushes[push], _options.Groups, result, push);
            var item = group.HasChanged ? Write(group, held) : next;
            if (item is { Size: > DynamoGroupTable.MaxItemBytes and var size })
            {
                effects.Refuse(push, TooLarge(size));
                continue;
            }

            effects.Add(result);
            next = item;
        }

        return next;
    }

    private DynamoGroupItem? Confirm(DynamoGroupItem? held, DeliveredMarkers delivered)
    {
        if (held?.Read() is not { } group)
        {
            return null;
        }

        group.Confirm(delivered);
        return group.HasChanged ? Write(group, held) : null;
    }

    // A group that was forgotten and is created again must not start with its former version.
    private DynamoGroupItem Write(GroupRow group, DynamoGroupItem? held) => DynamoGroupItem.From(
        group, held is null ? _time.GetUtcNow().ToUnixTimeMilliseconds() : held.Version + 1, _options.Groups.TombstoneRetention);
}
