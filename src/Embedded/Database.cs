using System.Globalization;
using Microsoft.Data.Sqlite;

namespace PushGateway.Embedded;

/// <summary>Opens connections to the database file, and creates and checks its schema.</summary>
internal static class Database
{
    /// <summary>Version of the schema, kept in <c>PRAGMA user_version</c>.</summary>
    public const int SchemaVersion = 3;

    // Without the column stored_ns and the table sent.
    private const int FirstVersion = 1;

    // Without the table sent.
    private const int SecondVersion = 2;

    // "pgtw" in the SQLite header marks the file as a database of this gateway.
    private const int ApplicationId = 0x70677477;

    /// <summary>
    /// 16 MiB of write-ahead log between checkpoints. Pages that every commit changes are then copied to the database file only once in
    /// thousands of commits.
    /// </summary>
    public const int CheckpointPages = 4096;

    /// <summary>Bytes in a page: SQLite's default.</summary>
    public const int PageBytes = 4096;

    private const int MaxIdleWalBytes = 64 * 1024 * 1024;
    private const int BusyTimeoutMs = 5000;

    // The writer assigns the ids and the times of the pushes, in order of arrival. A message of the first version has no such time.
    private const string Messages = """
        CREATE TABLE messages (
            id INTEGER PRIMARY KEY,
            sent_ms INTEGER NOT NULL,
            attributes BLOB NOT NULL,
            body BLOB NOT NULL,
            stored_ns INTEGER NOT NULL DEFAULT 0
        );
        """;

    private const string DeadLetters = """
        CREATE TABLE dead_letters (
            id INTEGER PRIMARY KEY,
            sent_ms INTEGER NOT NULL,
            attributes BLOB NOT NULL,
            body BLOB NOT NULL,
            code TEXT NOT NULL,
            reason TEXT NOT NULL,
            died_ms INTEGER NOT NULL
        );
        """;

    private const string GroupState = """
        CREATE TABLE group_state (
            id INTEGER PRIMARY KEY,
            row BLOB NOT NULL
        );
        """;

    // Runs of messages, from id to last_id, of which samples may have been sent.
    private const string Sent = """
        CREATE TABLE sent (
            id INTEGER PRIMARY KEY,
            last_id INTEGER NOT NULL
        );
        """;

    // A number that only grows. DataFolder.Mark says what it is for.
    private const string Probe = """
        CREATE TABLE probe (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            checked_ms INTEGER NOT NULL
        );
        """;

    /// <summary>The tables.</summary>
    public static IReadOnlyList<string> Tables { get; } = ["messages", "sent", "dead_letters", "group_state", "probe"];

    /// <summary>The statement that creates a table.</summary>
    public static string SchemaOf(string table) => table switch
    {
        "messages" => Messages,
        "sent" => Sent,
        "dead_letters" => DeadLetters,
        "group_state" => GroupState,
        _ => Probe,
    };

    /// <summary>
    /// Creates a database with empty tables. It is made under another name, so that a file of its name always is a whole database.
    /// </summary>
    /// <exception cref="DataFolderException">The file cannot be written.</exception>
    public static void Create(string path)
    {
        var draft = path + ".new";
        try
        {
            File.Delete(draft);
            File.Delete(draft + "-journal");
            OwnerOnly.Create(draft).Dispose();
            using (var connection = Connect(draft, SqliteOpenMode.ReadWrite))
            {
                var schema = string.Concat(Tables.Select(SchemaOf));
                Execute(connection, string.Create(
                    CultureInfo.InvariantCulture,
                    $"BEGIN IMMEDIATE; {schema} PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {SchemaVersion}; COMMIT;"));
            }

            File.Move(draft, path);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"The database {path} cannot be created: {e.Message}", e);
        }
    }

    /// <summary>Opens the connection that writes to an existing database.</summary>
    /// <exception cref="DataFolderException">
    /// The file is damaged, not writable, from another version, or not a database of this gateway.
    /// </exception>
    public static SqliteConnection OpenForWriting(string path, SynchronousMode synchronous)
    {
        try
        {
            var connection = Connect(path, SqliteOpenMode.ReadWrite);
            try
            {
                BringUpToDate(connection, CheckSchema(connection, path));
                Execute(connection, "PRAGMA journal_mode = WAL");
                SetSynchronous(connection, synchronous);

                // WriterSession does it.
                Execute(connection, "PRAGMA wal_autocheckpoint = 0");
                Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA journal_size_limit = {MaxIdleWalBytes}"));
                return connection;
            }
            catch
            {
                connection.Dispose();
                throw;
            }
        }
        catch (SqliteException e)
        {
            throw new DataFolderException($"The database {path} cannot be opened: {e.Message}", e);
        }
    }

    /// <summary>Sets when commits wait for the disk. Not to be called in a transaction.</summary>
    public static void SetSynchronous(SqliteConnection connection, SynchronousMode synchronous) =>
        Execute(connection, synchronous is SynchronousMode.Full ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL");

    /// <summary>Opens a connection that only reads.</summary>
    public static SqliteConnection OpenForReading(string path)
    {
        var connection = Connect(path, SqliteOpenMode.ReadWrite);
        Execute(connection, "PRAGMA query_only = ON");
        return connection;
    }

    /// <summary>Opens a connection that writes nothing, not even when it is closed.</summary>
    /// <exception cref="DataFolderException">The file is damaged, from another version, or not a database of this gateway.</exception>
    public static SqliteConnection OpenReadOnly(string path)
    {
        var connection = Connect(path, SqliteOpenMode.ReadOnly);
        try
        {
            CheckSchema(connection, path);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Makes sure that the tables are those of this version.</summary>
    /// <exception cref="DataFolderException">They are those of a former version.</exception>
    public static void RequireCurrent(SqliteConnection connection, string path)
    {
        if (CheckSchema(connection, path) != SchemaVersion)
        {
            throw new DataFolderException(
                $"The database {path} was written by a former version of the gateway: start the gateway once, which brings it up to date.");
        }
    }

    /// <summary>Opens a connection that reads the database file alone.</summary>
    public static SqliteConnection OpenWithoutLog(string path) => Connect(new Uri(path).AbsoluteUri + "?immutable=1", SqliteOpenMode.ReadOnly);

    private static void BringUpToDate(SqliteConnection connection, long version)
    {
        if (version == FirstVersion)
        {
            Execute(connection, string.Create(
                CultureInfo.InvariantCulture,
                $"""
                BEGIN IMMEDIATE;
                ALTER TABLE messages ADD COLUMN stored_ns INTEGER NOT NULL DEFAULT 0;
                PRAGMA user_version = {SecondVersion};
                COMMIT;
                """));
        }

        // Nobody knows which messages were sent, so all may have been.
        if (version < SchemaVersion)
        {
            Execute(connection, string.Create(
                CultureInfo.InvariantCulture,
                $"""
                BEGIN IMMEDIATE;
                {Sent}
                INSERT INTO sent VALUES (1, {long.MaxValue});
                PRAGMA user_version = {SchemaVersion};
                COMMIT;
                """));
        }
    }

    private static SqliteConnection Connect(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ConnectionString);
        try
        {
            connection.Open();
            Execute(connection, string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout = {BusyTimeoutMs}"));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static long CheckSchema(SqliteConnection connection, string path)
    {
        if (Scalar(connection, "PRAGMA application_id") != ApplicationId)
        {
            throw new DataFolderException($"The database {path} is not one of this gateway's; choose another data folder.");
        }

        var version = Scalar(connection, "PRAGMA user_version");
        if (version is < FirstVersion or > SchemaVersion)
        {
            throw new DataFolderException(
                $"The database {path} was written by another version of the gateway: its schema is {version}, this build knows {SchemaVersion}.");
        }

        return version;
    }

    private static long Scalar(SqliteConnection connection, string sql)
    {
        using var statement = new Statement(connection, sql);
        return statement.RunScalar();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Only the constants of this file come here.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
