using System.Globalization;
using System.Text;

namespace PushGateway.Embedded;

/// <summary>
/// The data folder, which only this process uses. The operating system holds the lock and releases it when the process ends, however it
/// ends.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const string DatabaseName = "pushgateway.db";
    private const string LockName = "pushgateway.lock";

    // Two numbers of 19 digits. They are written at once and always have the same length, so that they are never half old ones.
    private const int MarkBytes = 40;

    private readonly FileStream? _lock;

    private DataFolder(string path, FileStream? @lock)
    {
        LockPath = Path.Combine(path, LockName);
        DatabasePath = Path.Combine(path, DatabaseName);
        _lock = @lock;
        (Mark, MarkInFile) = ReadMarks();
    }

    public string DatabasePath { get; }

    public string LockPath { get; }

    /// <summary>
    /// The number in the database is at least this; 0 when nothing is known. The number grows with the first commit after each checkpoint, which
    /// only the write-ahead log holds. A smaller number means that the log was lost.
    /// </summary>
    public long Mark { get; private set; }

    /// <summary>
    /// The number in the database file alone, without the log, is at least this: <see cref="Mark"/> as it was before the last checkpoint. A
    /// smaller number means that an older copy of the database lies beside a newer log.
    /// </summary>
    public long MarkInFile { get; private set; }

    /// <summary>Creates the folder when it is missing, and locks it. Files that exist become their owner's alone.</summary>
    /// <exception cref="DataFolderException">The folder cannot be created or written, or another process uses it.</exception>
    public static DataFolder Open(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            OwnerOnly.CreateFolder(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"The data folder {path} cannot be created: {e.Message}", e);
        }

        try
        {
            var folder = new DataFolder(path, OwnerOnly.Create(Path.Combine(path, LockName)));
            folder.Restrict();
            return folder;
        }
        catch (UnauthorizedAccessException e)
        {
            throw new DataFolderException($"The data folder {path} cannot be written: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new DataFolderException($"The data folder {path} is in use by another process, or cannot be written: {e.Message}", e);
        }
    }

    /// <summary>Locks a folder without changing anything in it.</summary>
    /// <exception cref="DataFolderException">The folder cannot be read, or another process uses it.</exception>
    public static DataFolder OpenUnchanged(string path)
    {
        path = Path.GetFullPath(path);
        if (!Directory.Exists(path))
        {
            throw new DataFolderException($"There is no data folder {path}.");
        }

        try
        {
            // Every gateway that runs has the file.
            var lockPath = Path.Combine(path, LockName);
            return new DataFolder(
                path, File.Exists(lockPath) ? new FileStream(lockPath, FileMode.Open, FileAccess.Read, FileShare.None) : null);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new DataFolderException($"The data folder {path} cannot be read: {e.Message}", e);
        }
        catch (IOException e)
        {
            throw new DataFolderException($"The data folder {path} is in use by another process, or cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Notes numbers that the database has on disk.</summary>
    public void WriteMarks(long mark, long markInFile)
    {
        var text = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{mark:D19} {markInFile:D19}\n"));
        try
        {
            RandomAccess.Write(_lock!.SafeFileHandle, text, fileOffset: 0);
            (Mark, MarkInFile) = (mark, markInFile);
        }
        catch (IOException)
        {
            // A mark that is behind the database does no harm.
        }
    }

    public void Dispose() => _lock?.Dispose();

    private (long Mark, long MarkInFile) ReadMarks()
    {
        if (_lock is null)
        {
            return default;
        }

        Span<byte> text = stackalloc byte[MarkBytes];
        var count = RandomAccess.Read(_lock.SafeFileHandle, text, fileOffset: 0);
        return count == MarkBytes
            && long.TryParse(text[..19], NumberStyles.None, CultureInfo.InvariantCulture, out var mark)
            && long.TryParse(text[20..39], NumberStyles.None, CultureInfo.InvariantCulture, out var markInFile)
            ? (mark, markInFile)
            : default;
    }

    private void Restrict()
    {
        foreach (var path in (string[])[LockPath, DatabasePath, DatabasePath + "-wal", DatabasePath + "-shm"])
        {
            OwnerOnly.Restrict(path);
        }
    }
}
