using Microsoft.Data.Sqlite;
using PushGateway.Groups;

namespace PushGateway.Embedded;

/// <summary>
/// The one-machine storage: queue and group store in one SQLite file of a data folder, which belongs to one process at a time.
/// </summary>
public sealed class EmbeddedStore : IAsyncDisposable
{
    private readonly DataFolder _folder;
    private bool _disposed;

    private EmbeddedStore(
        DataFolder folder,
        WriterSession session,
        MessageReader reader,
        EmbeddedOptions options,
        TimeProvider timeProvider,
        Action<Exception>? onFailure)
    {
        _folder = folder;
        var memory = new MemoryGroupStore(options.Groups, timeProvider, tracksChanges: true);
        LoadGroups(session.Connection, memory);
        var deadLetters = reader.CountDeadLetters();
        var arrivals = new Pulse();
        Writer = new GroupCommitWriter(session, arrivals.Fire);
        Checkpointer = new Checkpointer(Writer, memory, timeProvider, onFailure);
        Queue = new EmbeddedPushQueue(Writer, reader, Checkpointer, arrivals, deadLetters, options.MaxBytes, timeProvider);
        Groups = new EmbeddedGroupStore(memory, Checkpointer, timeProvider);
    }

    /// <summary>The queue.</summary>
    public EmbeddedPushQueue Queue { get; }

    /// <summary>The group store.</summary>
    public EmbeddedGroupStore Groups { get; }

    internal GroupCommitWriter Writer { get; }

    internal Checkpointer Checkpointer { get; }

    /// <summary>Opens the data folder, creating what is missing, and takes up what the last process left.</summary>
    /// <param name="options">Where, and how.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="onFailure">
    /// Called when completions and group state could not be written in the background; they are kept in memory and tried again.
    /// </param>
    /// <exception cref="DataFolderException">
    /// The folder cannot be written, is in use by another process, or holds a database that is damaged, foreign or of another version.
    /// </exception>
    public static EmbeddedStore Open(EmbeddedOptions options, TimeProvider timeProvider, Action<Exception>? onFailure = null)
    {
        var folder = DataFolder.Open(options.DataFolder);
        WriterSession? session = null;
        MessageReader? reader = null;
        try
        {
            session = WriterSession.Open(folder.DatabasePath, options.Synchronous);
            reader = MessageReader.Open(folder.DatabasePath);
            return new EmbeddedStore(folder, session, reader, options, timeProvider, onFailure);
        }
        catch (Exception e)
        {
            reader?.Dispose();
            session?.Dispose();
            folder.Dispose();
            if (e is SqliteException or InvalidDataException)
            {
                throw new DataFolderException($"The database {folder.DatabasePath} cannot be read: {e.Message}", e);
            }

            throw;
        }
    }

    /// <summary>
    /// Closes the queue to new pushes once those under way are stored, writes completions and group state, moves the write-ahead log into
    /// the database and lets the folder go. Receivers that still wait get a <see cref="PushGateway.Queue.QueueUnavailableException"/>.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        Groups.Close();
        Queue.Close();
        await Checkpointer.DisposeAsync();
        await Writer.DisposeAsync();
        _folder.Dispose();
    }

    private static void LoadGroups(SqliteConnection connection, MemoryGroupStore memory)
    {
        using var rows = new Statement(connection, "SELECT id, row FROM group_state");
        while (rows.Step())
        {
            memory.Load(rows.GetInt64(0), rows.GetBlob(1));
        }
    }
}
