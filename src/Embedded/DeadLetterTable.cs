using System.Globalization;
using Microsoft.Data.Sqlite;

namespace PushGateway.Embedded;

/// <summary>
/// The dead letters, on the connection that writes. They have a share of the store. When it is full, the oldest make room. Only the thread
/// that uses the connection may use it; <see cref="Count"/> is for all.
/// </summary>
internal sealed class DeadLetterTable : IDisposable
{
    // SQS keeps a message for at most 14 days, too.
    private static readonly TimeSpan Retention = TimeSpan.FromDays(14);

    private readonly long _maxBytes;
    private readonly TimeProvider _timeProvider;
    private readonly Statement _measure;
    private readonly Statement _size;
    private readonly Statement _move;
    private readonly Statement _insert;
    private readonly Statement _newest;
    private readonly Statement _oldest;
    private readonly Statement _delete;
    private long _count;
    private long _bytes;
    private (long Count, long Bytes) _committed;

    /// <param name="connection">The connection that writes.</param>
    /// <param name="maxBytes">Their share of the store, in bytes.</param>
    /// <param name="timeProvider">The clock.</param>
    public DeadLetterTable(SqliteConnection connection, long maxBytes, TimeProvider timeProvider)
    {
        const string payload = "octet_length(attributes) + octet_length(body) + octet_length(code) + octet_length(reason)";
        _maxBytes = maxBytes;
        _timeProvider = timeProvider;
        _measure = new Statement(connection, $"SELECT count(*), coalesce(sum({Cost(payload)}), 0) FROM dead_letters");
        _size = new Statement(connection, "SELECT octet_length(attributes) + octet_length(body) FROM messages WHERE id = ?1");
        _move = new Statement(
            connection,
            """
            INSERT INTO dead_letters (sent_ms, attributes, body, code, reason, died_ms)
            SELECT sent_ms, attributes, body, ?2, ?3, ?4 FROM messages WHERE id = ?1
            """);
        _insert = new Statement(
            connection, "INSERT INTO dead_letters (sent_ms, attributes, body, code, reason, died_ms) VALUES (0, x'', ?1, ?2, ?3, ?4)");
        _newest = new Statement(connection, $"SELECT {Cost(payload)} FROM dead_letters WHERE id = last_insert_rowid()");
        _oldest = new Statement(connection, $"SELECT id, died_ms, {Cost(payload)} FROM dead_letters ORDER BY id LIMIT 1");
        _delete = new Statement(connection, "DELETE FROM dead_letters WHERE id = ?1");
    }

    /// <summary>How many there are, as of the last commit.</summary>
    public long Count => Interlocked.Read(ref _committed.Count);

    /// <summary>The most bytes that they take in the file.</summary>
    public long Bytes => _bytes;

    private long NowMs => _timeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Counts what the table holds.</summary>
    public void Measure()
    {
        _measure.Step();
        (_count, _bytes) = (_measure.GetInt64(0), _measure.GetInt64(1));
        _measure.Reset();
    }

    /// <summary>Copies a message into the table. Nothing is copied when it is no longer in the queue; returns whether it was.</summary>
    public bool Take(long messageId, string code, string reason)
    {
        MakeRoom(_size.Bind(1, messageId).RunScalar());
        if (_move.Bind(1, messageId).Bind(2, code).Bind(3, reason).Bind(4, NowMs).Run() == 0)
        {
            return false;
        }

        (_count, _bytes) = (_count + 1, _bytes + _newest.RunScalar());
        return true;
    }

    /// <summary>Adds a dead letter that is not, or no longer, a message: without attributes, and with an unknown time of acceptance, 0.</summary>
    public void Add(ReadOnlySpan<byte> body, string code, string reason)
    {
        MakeRoom(body.Length);
        _insert.Bind(1, body).Bind(2, code).Bind(3, reason).Bind(4, NowMs).Run();
        (_count, _bytes) = (_count + 1, _bytes + _newest.RunScalar());
    }

    /// <summary>Deletes the oldest while they are too old or the share is exceeded. The newest stays unless it is too old.</summary>
    /// <param name="max">Most to delete.</param>
    /// <returns>Whether there may be more to delete.</returns>
    public bool Purge(int max)
    {
        var now = NowMs;
        for (; max > 0; max--)
        {
            var (id, diedMs, bytes) = Oldest();
            if (id == 0 || !(IsOld(diedMs, now) || (_bytes > _maxBytes && _count > 1)))
            {
                return false;
            }

            Delete(id, bytes);
        }

        return true;
    }

    /// <summary>The transaction is committed.</summary>
    public void Commit()
    {
        _committed.Bytes = _bytes;
        Interlocked.Exchange(ref _committed.Count, _count);
    }

    /// <summary>The transaction is rolled back.</summary>
    public void Rollback() => (_count, _bytes) = (Count, _committed.Bytes);

    public void Dispose()
    {
        foreach (var statement in (ReadOnlySpan<Statement>)[_measure, _size, _move, _insert, _newest, _oldest, _delete])
        {
            statement.Dispose();
        }
    }

    // The most that a row takes of the file. A leaf page may be half empty because the next row does not fit. What does not fit into a leaf
    // page has a page there and overflow pages.
    private static string Cost(string payload) => string.Create(
        CultureInfo.InvariantCulture,
        $"""
        CASE WHEN {payload} < {Database.PageBytes - 96}
        THEN min({Database.PageBytes}, 2 * ({payload} + 48))
        ELSE {Database.PageBytes} * (2 + ({payload}) / {Database.PageBytes - 4}) END
        """);

    // One that is ahead of the clock by more than the retention was written by a clock that was wrong.
    private static bool IsOld(long diedMs, long nowMs) => Math.Abs(nowMs - diedMs) > Retention.TotalMilliseconds;

    // Before the new one is written, which on a full disk needs the pages of the old ones.
    private void MakeRoom(long bodyBytes)
    {
        while (_bytes + bodyBytes + (2 * Database.PageBytes) > _maxBytes && Oldest() is { Id: > 0 } oldest)
        {
            Delete(oldest.Id, oldest.Bytes);
        }
    }

    private (long Id, long DiedMs, long Bytes) Oldest()
    {
        var oldest = _oldest.Step() ? (_oldest.GetInt64(0), _oldest.GetInt64(1), _oldest.GetInt64(2)) : default;
        _oldest.Reset();
        return oldest;
    }

    private void Delete(long id, long bytes)
    {
        _delete.Bind(1, id).Run();
        (_count, _bytes) = (_count - 1, _bytes - bytes);
    }
}
