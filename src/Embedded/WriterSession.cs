using Microsoft.Data.Sqlite;
using PushGateway.Groups;
using SQLitePCL;

namespace PushGateway.Embedded;

/// <summary>All writes to the database, as prepared statements on the one connection that writes. Only one thread may use it.</summary>
internal sealed class WriterSession : IGroupStateWriter, IDisposable
{
    // Asking SQLite how many bytes are in use takes longer than storing a small push, so it is asked only after this many bytes.
    private const long MeasureAfterBytes = 1024 * 1024;

    private readonly SqliteConnection _connection;
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly Statement _usedBytes;
    private readonly Statement _insertMessage;
    private readonly Statement _deleteMessages;
    private readonly Statement _bury;
    private readonly Statement _forget;
    private readonly Statement _putState;
    private readonly Statement _removeState;
    private readonly Statement _probe;
    private long _bytesInUse;
    private long _bytesSince = MeasureAfterBytes;
    private long _lastId;

    private WriterSession(SqliteConnection connection)
    {
        _connection = connection;
        _begin = new Statement(connection, "BEGIN IMMEDIATE");
        _commit = new Statement(connection, "COMMIT");
        _rollback = new Statement(connection, "ROLLBACK");
        _usedBytes = new Statement(
            connection,
            "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size");
        _insertMessage = new Statement(connection, "INSERT INTO messages (id, sent_ms, attributes, body) VALUES (?1, ?2, ?3, ?4)");
        _deleteMessages = new Statement(connection, "DELETE FROM messages WHERE id BETWEEN ?1 AND ?2");
        _bury = new Statement(
            connection,
            """
            INSERT INTO dead_letters (sent_ms, attributes, body, code, reason, died_ms)
            SELECT sent_ms, attributes, body, ?2, ?3, ?4 FROM messages WHERE id = ?1
            """);
        _forget = new Statement(connection, "DELETE FROM dead_letters WHERE died_ms < ?1");
        _putState = new Statement(connection, "INSERT OR REPLACE INTO group_state (id, row) VALUES (?1, ?2)");
        _removeState = new Statement(connection, "DELETE FROM group_state WHERE id = ?1");
        _probe = new Statement(
            connection,
            "INSERT INTO probe (id, checked_ms) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET checked_ms = excluded.checked_ms");
        using var last = new Statement(connection, "SELECT max(id) FROM messages");
        _lastId = last.RunScalar();
    }

    /// <summary>The connection, for statements that run rarely.</summary>
    public SqliteConnection Connection => _connection;

    /// <summary>Bytes in use when SQLite was last asked, plus the bytes written since.</summary>
    public long UsedBytes => _bytesInUse + _bytesSince;

    /// <exception cref="DataFolderException">
    /// The file is damaged, not writable, from another version, or not a database of this gateway.
    /// </exception>
    public static WriterSession Open(string path, SynchronousMode synchronous)
    {
        var connection = Database.OpenForWriting(path, synchronous);
        try
        {
            return new WriterSession(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Begin() => _begin.Run();

    public void Commit() => _commit.Run();

    /// <summary>Rolls back a transaction that failed, unless SQLite has already done so.</summary>
    public void Rollback()
    {
        if (raw.sqlite3_get_autocommit(_connection.Handle) == 0)
        {
            _rollback.Run();
        }
    }

    /// <summary>Whether the database has room for this many more bytes.</summary>
    public bool HasRoom(long bytes, long maxBytes)
    {
        if (_bytesSince >= MeasureAfterBytes || UsedBytes + bytes > maxBytes)
        {
            (_bytesInUse, _bytesSince) = (_usedBytes.RunScalar(), 0);
        }

        return UsedBytes + bytes <= maxBytes;
    }

    public void InsertMessage(long sentMs, ReadOnlySpan<byte> attributes, ReadOnlySpan<byte> body)
    {
        _bytesSince += attributes.Length + body.Length;
        _insertMessage.Bind(1, ++_lastId).Bind(2, sentMs).Bind(3, attributes).Bind(4, body).Run();
    }

    public void DeleteMessages(IdRun run) => _deleteMessages.Bind(1, run.First).Bind(2, run.Last).Run();

    /// <summary>Moves a message. Returns the number of moved messages: 0 when it is no longer in the queue.</summary>
    public int MoveToDeadLetters(long id, string code, string reason, long diedMs)
    {
        var moved = _bury.Bind(1, id).Bind(2, code).Bind(3, reason).Bind(4, diedMs).Run();
        DeleteMessages(new IdRun(id, id));
        return moved;
    }

    /// <summary>Deletes the dead letters that are older than the given time. Returns their number.</summary>
    public int ForgetDeadLetters(long beforeMs) => _forget.Bind(1, beforeMs).Run();

    public void Put(long id, ReadOnlySpan<byte> row)
    {
        _bytesSince += row.Length;
        _putState.Bind(1, id).Bind(2, row).Run();
    }

    public void Remove(long id) => _removeState.Bind(1, id).Run();

    public void Probe(long nowMs) => _probe.Bind(1, nowMs).Run();

    public void Dispose()
    {
        foreach (var statement in (ReadOnlySpan<Statement>)
            [_begin, _commit, _rollback, _usedBytes, _insertMessage, _deleteMessages, _bury, _forget, _putState, _removeState, _probe])
        {
            statement.Dispose();
        }

        _connection.Dispose();
    }
}
