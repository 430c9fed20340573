using PushGateway.Groups;

namespace PushGateway.Aws.DynamoDb;

/// <summary>
/// Reads and writes groups, whatever their size. A group that fits into an item is one item. A larger one is an item that names its chunks.
/// </summary>
/// <remarks>
/// A large group is written in two steps. The first one takes the next version, and notes which slot is being filled; the group is still the
/// old one. The second one, after the chunks, names them. Both succeed only if nobody else has written the item. A chunk has the version of
/// the first step, and never replaces one with a later version. So a worker that was thought to be dead changes nothing, and whenever a
/// worker dies, the item says how many chunks there may be.
/// </remarks>
/// <param name="items">The table.</param>
/// <param name="limits">How a group is cut.</param>
/// <param name="retention">How long a deleted group is remembered.</param>
/// <param name="time">The clock.</param>
internal sealed class StoredGroups(DynamoGroupItems items, DynamoGroupLimits limits, TimeSpan retention, TimeProvider time)
{
    // A group that is rewritten between the reads of its item and of its chunks is read again. It takes a writer longer than a reader.
    private const int MaxReads = 16;

    // A write takes a fraction of a second. One that was begun longer ago has died, and another one takes its place.
    private const int LooksAtWrite = 10;
    private static readonly TimeSpan PauseBetweenLooks = TimeSpan.FromMilliseconds(100);

    // An empty chunk keeps a late write of an old one away. No call of a worker takes that long.
    private static readonly TimeSpan EmptyRetention = TimeSpan.FromDays(1);

    /// <summary>Reads a group; null when there is none.</summary>
    /// <exception cref="InvalidDataException">This release cannot read it.</exception>
    public async Task<StoredGroup?> ReadAsync(string path, CancellationToken cancellationToken) =>
        await items.GetAsync(path, cancellationToken) is { } item ? await CompleteAsync(item, cancellationToken) : null;

    /// <summary>Reads a group that is to be written, once nobody else is writing it.</summary>
    /// <exception cref="InvalidDataException">This release cannot read it.</exception>
    public async Task<StoredGroup?> ReadToWriteAsync(string path, CancellationToken cancellationToken)
    {
        var item = await items.GetAsync(path, cancellationToken);
        for (var look = 0; look < LooksAtWrite && item is { IsBeingWritten: true }; look++)
        {
            await Task.Delay(PauseBetweenLooks, time, cancellationToken);
            item = await items.GetAsync(path, cancellationToken);
        }

        return item is null ? null : await CompleteAsync(item, cancellationToken);
    }

    /// <summary>Reads the chunks of a group, if it has any. Null when the group has vanished meanwhile.</summary>
    /// <exception cref="InvalidDataException">This release cannot read it.</exception>
    public async Task<StoredGroup?> CompleteAsync(DynamoGroupItem item, CancellationToken cancellationToken)
    {
        for (var read = 0; read < MaxReads; read++)
        {
            item.CheckSchema();
            if (item.Chunks is not { } chunks)
            {
                return new StoredGroup(item, item.State);
            }

            if (await ReadChunksAsync(item.Path, chunks, cancellationToken) is { } state)
            {
                return new StoredGroup(item, item.StateOf(state));
            }

            if (await items.GetAsync(item.Path, cancellationToken) is not { } rewritten)
            {
                return null;
            }

            item = rewritten.Version == item.Version ? throw new InvalidDataException("chunks of it are missing") : rewritten;
        }

        throw new InvalidDataException("others write it all the time");
    }

    /// <summary>Writes a group if nobody has written it since it was read. Returns false when somebody has.</summary>
    /// <param name="held">The group as it was read; null when there was none.</param>
    /// <param name="next">The group to write.</param>
    /// <param name="cancellationToken">Ends the calls. The group may then be written or not.</param>
    public async Task<bool> TryWriteAsync(StoredGroup? held, EncodedGroup next, CancellationToken cancellationToken)
    {
        // A group that was forgotten and is created again must not start with its former version.
        var version = held is null ? time.GetUtcNow().ToUnixTimeMilliseconds() : held.Item.Version + 1;
        var whole = DynamoGroupItem.Whole(next, version, retention);
        return whole.Size > limits.MaxItemBytes
            ? await TryWriteCutAsync(held, next, version, cancellationToken)
            : held is { Item.HasChunks: true }
                ? await TryWriteWholeAsync(held.Item, whole, cancellationToken)
                : await items.TryPutAsync(whole, held?.Item, cancellationToken);
    }

    private async Task<byte[]?> ReadChunksAsync(string path, GroupChunks chunks, CancellationToken cancellationToken)
    {
        var read = await Task.WhenAll(Enumerable.Range(0, chunks.Count).Select(number =>
            items.GetChunkAsync(GroupChunks.KeyOf(path, chunks.Slot, number), chunks.Version, cancellationToken)));
        if (Array.Exists(read, static chunk => chunk is null))
        {
            return null;
        }

        var state = new byte[read.Sum(static chunk => chunk!.Length)];
        var end = 0;
        foreach (var chunk in read)
        {
            chunk!.CopyTo(state, end);
            end += chunk.Length;
        }

        return state;
    }

    private async Task<bool> TryWriteCutAsync(StoredGroup? held, EncodedGroup next, long version, CancellationToken cancellationToken)
    {
        var chunks = new GroupChunks(
            held?.Item.Chunks is { Slot: 0 } ? 1 : 0, (next.State.Length + limits.ChunkBytes - 1) / limits.ChunkBytes, version);
        var before = held?.Item ?? DynamoGroupItem.Whole(EncodedGroup.From(new GroupRow(next.Path)), version - 1, retention);
        var begun = before.Begin(chunks);
        if (!await items.TryPutAsync(begun, held?.Item, cancellationToken))
        {
            return false;
        }

        var used = begun.Used;
        var written = await Task.WhenAll(Enumerable.Range(0, used[chunks.Slot]).Select(number => number < chunks.Count
            ? items.TryPutChunkAsync(chunks.ItemOf(next, number, limits.ChunkBytes), cancellationToken)
            : EmptyAsync(next.Path, chunks.Slot, number, version, cancellationToken)));
        used[chunks.Slot] = chunks.Count;
        return Array.TrueForAll(written, static isWritten => isWritten)
            && await items.TryPutAsync(DynamoGroupItem.Cut(next, version + 1, chunks, used), begun, cancellationToken);
    }

    // The group is written with the first step. What follows is to leave no chunks behind.
    private async Task<bool> TryWriteWholeAsync(DynamoGroupItem held, DynamoGroupItem whole, CancellationToken cancellationToken)
    {
        var beside = whole.Beside(held.Used);
        if (!await items.TryPutAsync(beside, held, cancellationToken))
        {
            return false;
        }

        var emptied = await Task.WhenAll(held.Used.SelectMany((count, slot) => Enumerable.Range(0, count).Select(number =>
            EmptyAsync(whole.Path, slot, number, whole.Version, cancellationToken))));
        if (Array.TrueForAll(emptied, static isEmpty => isEmpty))
        {
            await items.TryPutAsync(whole.Next(), beside, cancellationToken);
        }

        return true;
    }

    private Task<bool> EmptyAsync(string path, int slot, int number, long version, CancellationToken cancellationToken) =>
        items.TryPutChunkAsync(GroupChunks.EmptyItem(path, slot, number, version, time.GetUtcNow() + EmptyRetention), cancellationToken);
}
