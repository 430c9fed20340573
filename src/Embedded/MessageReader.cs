using Microsoft.Data.Sqlite;
using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>Reads messages and dead letters on its own connection, so that reading does not wait for writing. Not thread-safe.</summary>
internal sealed class MessageReader : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Statement _messages;
    private readonly Statement _deadLetters;
    private readonly Statement _countMessages;
    private readonly Statement _oldestSentMs;

    /// <summary>Reads on a connection, which the reader owns from now on.</summary>
    public MessageReader(SqliteConnection connection)
    {
        _connection = connection;
        _messages = new Statement(connection, "SELECT id, sent_ms, attributes, body, stored_ns FROM messages WHERE id BETWEEN ?1 AND ?2 ORDER BY id");
        _deadLetters = new Statement(
            connection,
            "SELECT id, sent_ms, attributes, body, code, reason, died_ms FROM dead_letters ORDER BY id DESC LIMIT ?1");
        _countMessages = new Statement(connection, "SELECT count(*) FROM messages");
        _oldestSentMs = new Statement(connection, "SELECT sent_ms FROM messages ORDER BY id LIMIT 1");
    }

    /// <summary>The messages of which a former process may have sent samples, in order.</summary>
    public IReadOnlyList<IdRun> Sent { get; init; } = [];

    /// <summary>Whether the last <see cref="Read"/> has stopped before a message of an open millisecond.</summary>
    public bool StoppedAtOpen { get; private set; }

    /// <summary>Opens a connection to read from.</summary>
    /// <param name="path">The database.</param>
    /// <param name="sent">As <see cref="Sent"/>.</param>
    public static MessageReader Open(string path, IReadOnlyList<IdRun> sent)
    {
        var connection = Database.OpenForReading(path);
        try
        {
            return new MessageReader(connection) { Sent = sent };
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads messages of a run in order, until there are <paramref name="maxMessages"/> or the bodies reach <paramref name="maxBytes"/>, and
    /// then on to the end of the millisecond; at least one when there is one. Stops before a message of an open millisecond.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="destination">Takes the messages.</param>
    /// <param name="unreadable">Takes the rows that are no messages, because they are damaged.</param>
    /// <param name="maxMessages">Most messages.</param>
    /// <param name="maxBytes">Bytes of bodies after which no other message is read.</param>
    /// <param name="overThrough">The last id of those whose milliseconds are over, whatever is open.</param>
    /// <param name="open">Where more messages may yet come.</param>
    /// <returns>The last id that was read; the one before the run when none was.</returns>
    /// <exception cref="SqliteException">Nothing can be read; the page of the first message may be damaged.</exception>
    public long Read(
        IdRun run,
        List<ReceivedMessage> destination,
        List<UnreadableRow> unreadable,
        int maxMessages,
        long maxBytes,
        long overThrough,
        OpenMilliseconds open)
    {
        var last = run.First - 1;
        var limit = new ReceiveLimit(maxMessages, maxBytes);
        StoppedAtOpen = false;
        _messages.Bind(1, run.First).Bind(2, run.Last);
        try
        {
            while (_messages.Step())
            {
                var id = _messages.GetInt64(0);
                if (id <= last)
                {
                    throw DatabaseDamage.RowsOutOfOrder();
                }

                var storedNs = _messages.GetInt64(4);
                long? millisecond = storedNs > 0 ? OpenMilliseconds.Of(storedNs) : null;
                StoppedAtOpen = id > overThrough && millisecond is { } ms && open.Contains(ms);
                if (StoppedAtOpen || !limit.Admits(millisecond))
                {
                    break;
                }

                last = id;
                QueueMessage message;
                try
                {
                    message = ReadMessage(_messages);
                }
                catch (InvalidDataException e)
                {
                    unreadable.Add(new UnreadableRow(id, e.Message));
                    continue;
                }

                destination.Add(new ReceivedMessage(id, message, _messages.GetInt64(1))
                {
                    IsRedelivered = IdRuns.Contain(Sent, id),
                    StoredNs = storedNs > 0 ? storedNs : null,
                });
                limit.Count(millisecond, message.Body.Length);
            }
        }
        catch (SqliteException e) when (DatabaseDamage.Is(e) && last >= run.First)
        {
            // What comes before the damage is handed out first.
        }
        finally
        {
            _messages.Reset();
        }

        return last;
    }

    /// <summary>Reads a message from an id on, if there is one, to find out whether that works.</summary>
    public void Probe(long first)
    {
        _messages.Bind(1, first).Bind(2, long.MaxValue).Step();
        _messages.Reset();
    }

    /// <summary>Number of messages.</summary>
    public long CountMessages() => _countMessages.RunScalar();

    /// <summary>When the first message was stored, milliseconds since the Unix epoch; 0 when there is none.</summary>
    public long OldestSentMs() => _oldestSentMs.RunScalar();

    /// <summary>The most recent dead letters, newest first.</summary>
    public List<StoredDeadLetter> ReadDeadLetters(int max)
    {
        var letters = new List<StoredDeadLetter>();
        _deadLetters.Bind(1, max);
        while (_deadLetters.Step())
        {
            letters.Add(new StoredDeadLetter(
                _deadLetters.GetInt64(0),
                ReadDeadLetter(_deadLetters),
                _deadLetters.GetInt64(1),
                _deadLetters.GetText(4),
                _deadLetters.GetText(5),
                _deadLetters.GetInt64(6)));
        }

        return letters;
    }

    public void Dispose()
    {
        _messages.Dispose();
        _deadLetters.Dispose();
        _countMessages.Dispose();
        _oldestSentMs.Dispose();
        _connection.Dispose();
    }

    private static QueueMessage ReadMessage(Statement row)
    {
        if (!row.IsInteger(1))
        {
            throw new InvalidDataException("its time of acceptance is not a number");
        }

        if (!row.IsBlob(3))
        {
            throw new InvalidDataException("its body is not binary");
        }

        return new QueueMessage(row.GetBlob(3).ToArray(), ReadAttributes(row));
    }

    private static IReadOnlyDictionary<string, string> ReadAttributes(Statement row)
    {
        try
        {
            return row.IsBlob(2) ? AttributeBlob.Decode(row.GetBlob(2)) : throw new InvalidDataException("they are not binary");
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException("its attributes are damaged: " + e.Message, e);
        }
    }

    // A dead letter may be there because its message cannot be read.
    private static QueueMessage ReadDeadLetter(Statement row)
    {
        try
        {
            return ReadMessage(row);
        }
        catch (InvalidDataException)
        {
            return new QueueMessage(row.GetBlob(3).ToArray(), new Dictionary<string, string>());
        }
    }
}
