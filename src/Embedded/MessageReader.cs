using System.Globalization;
using Microsoft.Data.Sqlite;
using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>Reads messages and dead letters on its own connection, so that reading does not wait for writing. Not thread-safe.</summary>
internal sealed class MessageReader : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Statement _messages;
    private readonly Statement _deadLetters;
    private readonly Statement _countDeadLetters;
    private readonly Statement _lastId;
    private readonly Statement _countMessages;
    private readonly Statement _oldestSentMs;

    private MessageReader(SqliteConnection connection)
    {
        _connection = connection;
        _messages = new Statement(connection, "SELECT id, sent_ms, attributes, body FROM messages WHERE id BETWEEN ?1 AND ?2 ORDER BY id");
        _deadLetters = new Statement(
            connection,
            "SELECT id, sent_ms, attributes, body, code, reason, died_ms FROM dead_letters ORDER BY id DESC LIMIT ?1");
        _countDeadLetters = new Statement(connection, "SELECT count(*) FROM dead_letters");
        _lastId = new Statement(connection, "SELECT coalesce(max(id), 0) FROM messages");
        _countMessages = new Statement(connection, "SELECT count(*) FROM messages");
        _oldestSentMs = new Statement(connection, "SELECT sent_ms FROM messages ORDER BY id LIMIT 1");
    }

    public static MessageReader Open(string path)
    {
        var connection = Database.OpenForReading(path);
        try
        {
            return new MessageReader(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads messages of a run in order, until there are <paramref name="maxMessages"/> or the bodies reach <paramref name="maxBytes"/>;
    /// at least one when there is one.
    /// </summary>
    /// <param name="run">The run.</param>
    /// <param name="destination">Takes the messages.</param>
    /// <param name="maxMessages">Most messages.</param>
    /// <param name="maxBytes">Bytes of bodies after which no other message is read.</param>
    /// <param name="redeliveredThrough">The last id of those that an earlier process may have handed out.</param>
    public void Read(IdRun run, List<ReceivedMessage> destination, int maxMessages, long maxBytes, long redeliveredThrough)
    {
        _messages.Bind(1, run.First).Bind(2, run.Last);
        try
        {
            while (destination.Count < maxMessages && maxBytes > 0 && _messages.Step())
            {
                var id = _messages.GetInt64(0);
                var message = ReadMessage(_messages);
                destination.Add(new ReceivedMessage(id.ToString(CultureInfo.InvariantCulture), message, _messages.GetInt64(1), id)
                {
                    IsRedelivered = id <= redeliveredThrough,
                });
                maxBytes -= message.Body.Length;
            }
        }
        finally
        {
            _messages.Reset();
        }
    }

    /// <summary>The greatest id of the messages; 0 when there are none.</summary>
    public long LastId() => _lastId.RunScalar();

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
                ReadMessage(_deadLetters),
                _deadLetters.GetInt64(1),
                _deadLetters.GetText(4),
                _deadLetters.GetText(5),
                _deadLetters.GetInt64(6)));
        }

        return letters;
    }

    public long CountDeadLetters() => _countDeadLetters.RunScalar();

    public void Dispose()
    {
        _messages.Dispose();
        _deadLetters.Dispose();
        _countDeadLetters.Dispose();
        _lastId.Dispose();
        _countMessages.Dispose();
        _oldestSentMs.Dispose();
        _connection.Dispose();
    }

    private static QueueMessage ReadMessage(Statement row) => new(row.GetBlob(3).ToArray(), AttributeBlob.Decode(row.GetBlob(2)));
}
