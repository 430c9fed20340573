using Microsoft.Data.Sqlite;
using PushGateway.Groups;

namespace PushGateway.Embedded;

/// <summary>
/// The storage on one machine: the queue and the group store in one SQLite file. Only one process at a time may use its data folder.
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

    /// <summary>Opens the data folder and continues with what the last process left. Creates what is missing.</summary>
    /// <param name="options">The data folder and its settings.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="onFailure">
    /// Called when completions and group state could not be written in the background. They are kept in memory and written again later.
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
    /// Refuses new pushes, waits until the accepted ones are stored, writes completions and group state, moves the write-ahead log into the
    /// database and unlocks the folder. Receivers that still wait get a <see cref="PushGateway.Queue.QueueUnavailableException"/>.
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
