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
        MemoryGroupStore memory,
        TimeProvider timeProvider,
        Action<Exception>? onFailure)
    {
        _folder = folder;
        var arrivals = new Pulse();
        Writer = new GroupCommitWriter(session, arrivals.Fire);
        Checkpointer = new Checkpointer(Writer, memory, timeProvider, onFailure);
        session.OnStateLost = () =>
        {
            memory.ChangeAll();
            Checkpointer.Schedule();
        };
        Queue = new EmbeddedPushQueue(Writer, reader, session, Checkpointer, arrivals, options.MaxQueueBytes, options.MaxRecentBytes, timeProvider);
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
    /// <param name="onDamage">Called, once each, with a sentence about what cannot be read in the file and was set aside.</param>
    /// <exception cref="DataFolderException">
    /// The folder cannot be written, is in use by another process, or holds files that are not whole, foreign or of another version.
    /// </exception>
    public static EmbeddedStore Open(
        EmbeddedOptions options, TimeProvider timeProvider, Action<Exception>? onFailure = null, Action<string>? onDamage = null)
    {
        var folder = DataFolder.Open(options.DataFolder);
        WriterSession? session = null;
        MessageReader? reader = null;
        try
        {
            session = WriterSession.Open(folder, options, timeProvider, onDamage);
            var memory = new MemoryGroupStore(options.Groups with { IsOrdered = true }, timeProvider, tracksChanges: true);
            GroupStateLoader.Load(session, memory);
            reader = MessageReader.Open(folder.DatabasePath, session.SentAtStart);
            return new EmbeddedStore(folder, session, reader, options, memory, timeProvider, onFailure);
        }
        catch (Exception e)
        {
            reader?.Dispose();
            session?.Dispose();
            folder.Dispose();
            if (e is SqliteException)
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
}
