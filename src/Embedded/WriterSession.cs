using System.Globalization;
using Microsoft.Data.Sqlite;
using PushGateway.Groups;
using PushGateway.Push;
using PushGateway.Telemetry;
using SQLitePCL;

namespace PushGateway.Embedded;

/// <summary>All writes to the database, as prepared statements on the one connection that writes. Only one thread may use it.</summary>
internal sealed class WriterSession : IGroupStateWriter, IDisposable
{
    // Asking SQLite how many bytes are in use takes longer than storing a small push, so it is asked only after this many bytes.
    private const long MeasureAfterBytes = 1024 * 1024;

    /// <summary>Bytes of the message that a probe stores: enough to need pages of its own.</summary>
    public const int ProbeBytes = 2 * Database.PageBytes;

    // SQLITE_DBSTATUS_CACHE_WRITE: pages written, which in WAL mode go to the log.
    private const int PagesWritten = 9;

    private readonly SqliteConnection _connection;
    private readonly DataFolder _folder;
    private readonly SynchronousMode _synchronous;
    private readonly Action<string>? _onDamage;
    private readonly TimeProvider _timeProvider;
    private readonly DeadLetterTable _deadLetters;
    private readonly SentTable _sent;
    private readonly List<string> _damage = [];
    private readonly Statement _begin;
    private readonly Statement _commit;
    private readonly Statement _rollback;
    private readonly Statement _usedBytes;
    private readonly Statement _insertMessage;
    private readonly Statement _deleteMessages;
    private readonly Statement _putState;
    private readonly Statement _removeState;
    private readonly Statement _count;
    private int _damagedLetters;
    private long _bytesInUse;
    private long _bytesSince = MeasureAfterBytes;
    private long _lastId;
    private bool _isMarked;
    private long _markInFile;

    // The last search found no table to replace. Another would read the whole database again.
    private bool _isBeyondRescue;
    private bool _isToRescue;
    private bool _lostState;

    private WriterSession(
        SqliteConnection connection, DataFolder folder, EmbeddedOptions options, TimeProvider timeProvider, Action<string>? onDamage)
    {
        _connection = connection;
        _folder = folder;
        _synchronous = options.Synchronous;
        _timeProvider = timeProvider;
        _onDamage = onDamage;
        _deadLetters = new DeadLetterTable(connection, options.MaxDeadLetterBytes, timeProvider);
        _sent = new SentTable(connection);
        _begin = new Statement(connection, "BEGIN IMMEDIATE");
        _commit = new Statement(connection, "COMMIT");
        _rollback = new Statement(connection, "ROLLBACK");
        _usedBytes = new Statement(
            connection,
            "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size");
        _insertMessage = new Statement(connection, "INSERT INTO messages (id, sent_ms, attributes, body, stored_ns) VALUES (?1, ?2, ?3, ?4, ?5)");
        _deleteMessages = new Statement(connection, "DELETE FROM messages WHERE id BETWEEN ?1 AND ?2");
        _putState = new Statement(connection, "INSERT OR REPLACE INTO group_state (id, row) VALUES (?1, ?2)");
        _removeState = new Statement(connection, "DELETE FROM group_state WHERE id = ?1");
        _count = new Statement(
            connection,
            """
            INSERT INTO probe (id, checked_ms) VALUES (1, ?1) ON CONFLICT (id) DO UPDATE SET checked_ms = max(checked_ms + 1, excluded.checked_ms)
            RETURNING checked_ms
            """);
    }

    /// <summary>Gives messages their times.</summary>
    public CommitClock Clock { get; private set; } = null!;

    /// <summary>Messages that a former process has left.</summary>
    public long MessagesAtStart { get; private set; }

    /// <summary>The messages of which a former process may have sent samples.</summary>
    public IReadOnlyList<IdRun> SentAtStart { get; private set; } = [];

    /// <summary>The connection, for statements that run rarely.</summary>
    public SqliteConnection Connection => _connection;

    /// <summary>The number of dead letters, as of the last commit. Any thread may ask.</summary>
    public long DeadLetterCount => _deadLetters.Count;

    /// <summary>Bytes in use without the dead letters when SQLite was last asked, plus the bytes written since.</summary>
    public long UsedBytes => _bytesInUse + _bytesSince;

    /// <summary>
    /// Called after a commit when group state was lost that memory still has, to write it again. Null while state is loaded: what is lost
    /// then becomes a dead letter.
    /// </summary>
    public Action? OnStateLost { get; set; }

    /// <summary>Opens the database of a folder, and creates it when there never was one.</summary>
    /// <exception cref="DataFolderException">
    /// The file is damaged, not writable, from another version, or not a database of this gateway.
    /// </exception>
    public static WriterSession Open(DataFolder folder, EmbeddedOptions options, TimeProvider timeProvider, Action<string>? onDamage)
    {
        if (DatabaseFiles.Check(folder))
        {
            DatabaseFiles.CheckMark(folder);
        }
        else
        {
            Database.Create(folder.DatabasePath);
        }

        var connection = Database.OpenForWriting(folder.DatabasePath, options.Synchronous);
        WriterSession? session = null;
        try
        {
            session = new WriterSession(connection, folder, options, timeProvider, onDamage);
            session.Start();
            return session;
        }
        catch
        {
            session?.Dispose();
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Begins a transaction.</summary>
    public void Begin()
    {
        Mark();
        _begin.Run();
    }

    /// <summary>Commits.</summary>
    public void Commit()
    {
        _commit.Run();
        _deadLetters.Commit();
    }

    /// <summary>
    /// What is due after a commit: tells of damage, copies the write-ahead log into the database when it has become long, and replaces damaged
    /// tables.
    /// </summary>
    public void Maintain()
    {
        Tell();
        Check(raw.sqlite3_db_status(_connection.Handle, PagesWritten, out var pages, out _, resetFlg: 0));
        if (pages >= Database.CheckpointPages)
        {
            CopyLog();
        }

        if (_isToRescue)
        {
            _isToRescue = false;
            Rescue();
        }
    }

    /// <summary>Rolls back a transaction that failed, unless SQLite has already done so.</summary>
    public void Rollback()
    {
        _deadLetters.Rollback();
        _damage.Clear();
        (_damagedLetters, _lostState, _isToRescue) = (0, false, false);
        if (raw.sqlite3_get_autocommit(_connection.Handle) == 0)
        {
            _rollback.Run();
        }
    }

    /// <summary>After a failure, puts new tables in the place of those that have a damaged page. The next transaction may then succeed.</summary>
    public void Rescue(Exception failure)
    {
        if (DatabaseDamage.Is(failure))
        {
            Rescue();
        }
    }

    /// <summary>A reader has found a damaged page: tables that have one are replaced right after the commit.</summary>
    public void RescueAfterCommit() => _isToRescue = true;

    /// <summary>Whether the database has room for this many more bytes beside the dead letters.</summary>
    public bool HasRoom(long bytes, long maxBytes)
    {
        if (_bytesSince >= MeasureAfterBytes || UsedBytes + bytes > maxBytes)
        {
            (_bytesInUse, _bytesSince) = (Math.Max(_usedBytes.RunScalar() - _deadLetters.Bytes, 0), 0);
        }

        return UsedBytes + bytes <= maxBytes;
    }

    /// <summary>The id of the message that is inserted next.</summary>
    public long NextId => _lastId + 1;

    /// <summary>Inserts a message behind all others.</summary>
    /// <param name="storedNs">The time of its push, from <see cref="Clock"/>.</param>
    /// <param name="attributes">Its attributes, encoded.</param>
    /// <param name="body">Its body.</param>
    public void InsertMessage(long storedNs, ReadOnlySpan<byte> attributes, ReadOnlySpan<byte> body)
    {
        _bytesSince += attributes.Length + body.Length;
        Insert(++_lastId, storedNs, attributes, body);
    }

    public void DeleteMessages(IdRun run)
    {
        _deleteMessages.Bind(1, run.First).Bind(2, run.Last).Run();
        _sent.Remove(run);
    }

    /// <summary>Notes that samples of messages may have been sent, or that none was.</summary>
    public void NoteSent(IdRun run, bool isSent)
    {
        if (isSent)
        {
            _sent.Add(run);
        }
        else
        {
            _sent.Remove(run);
        }
    }

    /// <summary>Moves a message. Returns whether it was still in the queue.</summary>
    public bool MoveToDeadLetters(long id, string code, string reason)
    {
        var moved = _deadLetters.Take(id, code, reason);
        DeleteMessages(new IdRun(id, id));
        return moved;
    }

    /// <summary>Moves a message that cannot be read.</summary>
    public void SetMessageAside(UnreadableRow message)
    {
        if (MoveToDeadLetters(message.Id, RejectCode.StorageDamaged, $"The stored message cannot be read: {message.Reason}."))
        {
            _damagedLetters++;
            Report(string.Create(CultureInfo.InvariantCulture, $"message {message.Id} cannot be read and is a dead letter now: {message.Reason}"));
        }
    }

    /// <summary>Moves a row of group state that cannot be read.</summary>
    public void SetStateAside(UnreadableRow state, ReadOnlySpan<byte> row)
    {
        var reason = string.Create(CultureInfo.InvariantCulture, $"row {state.Id} of the groups cannot be read: {state.Reason}");
        AddDeadLetter(row, reason + ".");
        Remove(state.Id);
        Report(reason + ". It is a dead letter now");
    }

    /// <summary>Deletes dead letters that have had their time or are beyond their share. Returns whether there may be more.</summary>
    /// <param name="max">Most to delete.</param>
    public bool PurgeDeadLetters(int max) => _deadLetters.Purge(max);

    public void Put(long id, ReadOnlySpan<byte> row)
    {
        _bytesSince += row.Length;
        _putState.Bind(1, id).Bind(2, row).Run();
    }

    public void Remove(long id) => _removeState.Bind(1, id).Run();

    /// <summary>Stores a message and removes it again. Fails when a push would fail.</summary>
    public void Probe()
    {
        Count();
        Insert(_lastId + 1, Clock.Next(), [], new byte[ProbeBytes]);
        DeleteMessages(new IdRun(_lastId + 1, _lastId + 1));
    }

    public void Dispose()
    {
        foreach (var statement in (ReadOnlySpan<Statement>)
            [_begin, _commit, _rollback, _usedBytes, _insertMessage, _deleteMessages, _putState, _removeState, _count])
        {
            statement.Dispose();
        }

        _deadLetters.Dispose();
        _sent.Dispose();
        _connection.Dispose();
    }

    private void Insert(long id, long storedNs, ReadOnlySpan<byte> attributes, ReadOnlySpan<byte> body) =>
        _insertMessage.Bind(1, id).Bind(2, OpenMilliseconds.Of(storedNs)).Bind(3, attributes).Bind(4, body).Bind(5, storedNs).Run();

    private void Start()
    {
        try
        {
            ReadTables();
        }
        catch (SqliteException e) when (DatabaseDamage.Is(e))
        {
            Rollback();
            Rescue(e);
            ReadTables();
        }

        CopyLog();
        Mark();
    }

    private void ReadTables()
    {
        // Counting reads every page, so a damaged one shows at the start.
        using var last = new Statement(_connection, "SELECT max(id) FROM messages");
        using var count = new Statement(_connection, "SELECT count(*) FROM messages");
        using var lastNs = new Statement(_connection, "SELECT stored_ns FROM messages ORDER BY id DESC LIMIT 1");
        (_lastId, MessagesAtStart) = (last.RunScalar(), count.RunScalar());
        Clock = new CommitClock(_timeProvider, lastNs.RunScalar());
        _markInFile = _folder.MarkInFile;

        // Ids of messages that a damaged page took are given again.
        _begin.Run();
        _sent.Remove(new IdRun(_lastId + 1, long.MaxValue));
        _commit.Run();
        SentAtStart = _sent.Read();
        _deadLetters.Measure();
        _deadLetters.Commit();
    }

    // Another program that reads may hold this up. Then the next commit tries again.
    private void CopyLog()
    {
        var result = raw.sqlite3_wal_checkpoint_v2(_connection.Handle, "main", raw.SQLITE_CHECKPOINT_PASSIVE, out var pages, out var copied);
        if (result == raw.SQLITE_OK && pages == copied)
        {
            Check(raw.sqlite3_db_status(_connection.Handle, PagesWritten, out _, out _, resetFlg: 1));
            _markInFile = _folder.Mark;
        }

        _isMarked = false;
    }

    // The mark must never be ahead of the database, not even after a power cut: this commit waits for the disk.
    private void Mark()
    {
        if (_isMarked)
        {
            return;
        }

        try
        {
            Database.SetSynchronous(_connection, SynchronousMode.Full);
            _folder.WriteMarks(Count(), _markInFile);
            _isMarked = true;
        }
        catch (SqliteException)
        {
            // On a full disk, what makes room must go on.
        }
        finally
        {
            Database.SetSynchronous(_connection, _synchronous);
        }
    }

    // The number is committed only at the end of the statement.
    private long Count()
    {
        _count.Bind(1, NowMs()).Step();
        var number = _count.GetInt64(0);
        _count.Run();
        return number;
    }

    private void Rescue()
    {
        if (_isBeyondRescue)
        {
            return;
        }

        try
        {
            using var reader = Database.OpenForReading(_folder.DatabasePath);
            List<string> damaged = [.. Database.Tables.Where(table => TableRescue.IsDamaged(reader, table))];
            Begin();
            var lost = damaged.ConvertAll(table => TableRescue.Replace(_connection, reader, table));
            _deadLetters.Measure();
            for (var i = 0; i < damaged.Count; i++)
            {
                ReportLost(damaged[i], lost[i]);
            }

            Commit();
            Tell();
            _isBeyondRescue = damaged.Count == 0;
        }
        catch (SqliteException e)
        {
            _isBeyondRescue = DatabaseDamage.Is(e);
            Rollback();
        }
    }

    private void ReportLost(string table, List<IdRun> lost)
    {
        Report($"a page of the table {table} is damaged; what can be read was moved to a new table, and the old one is kept");
        if (table == "probe" || lost.Count == 0)
        {
            return;
        }

        if (table == "sent")
        {
            using var last = new Statement(_connection, "SELECT max(id) FROM messages");
            _sent.Add(new IdRun(1, last.RunScalar()));
            return;
        }

        if (table == "group_state" && OnStateLost is not null)
        {
            _lostState = true;
            return;
        }

        foreach (var run in lost)
        {
            var rows = string.Create(CultureInfo.InvariantCulture, $"rows {run.First} to {run.Last} of the table {table}");
            AddDeadLetter([], $"The {rows}, those that still were there, cannot be read: a page of the file is damaged.");
        }
    }

    private void AddDeadLetter(ReadOnlySpan<byte> body, string reason)
    {
        _deadLetters.Add(body, RejectCode.StorageDamaged, reason);
        _damagedLetters++;
    }

    private void Report(string damage) => _damage.Add(damage);

    private void Tell()
    {
        _damage.ForEach(damage => _onDamage?.Invoke(damage));
        _damage.Clear();
        for (; _damagedLetters > 0; _damagedLetters--)
        {
            PushTelemetry.MessageRejected(RejectCode.StorageDamaged);
        }

        if (_lostState)
        {
            _lostState = false;
            OnStateLost?.Invoke();
        }
    }

    private long NowMs() => _timeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _connection.Handle);
}
