namespace PushGateway.Embedded;

/// <summary>
/// The data folder, which only this process uses. The operating system holds the lock and releases it when the process ends, however it
/// ends.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const string DatabaseName = "pushgateway.db";
    private const string LockName = "pushgateway.lock";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream @lock)
    {
        DatabasePath = Path.Combine(path, DatabaseName);
        _lock = @lock;
    }

    public string DatabasePath { get; }

    /// <summary>Creates the folder when it is missing, and locks it.</summary>
    /// <exception cref="DataFolderException">The folder cannot be created or written, or another process uses it.</exception>
    public static DataFolder Open(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            Create(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DataFolderException($"The data folder {path} cannot be created: {e.Message}", e);
        }

        try
        {
            var file = new FileStream(Path.Combine(path, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return new DataFolder(path, file);
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

    public void Dispose() => _lock.Dispose();

    private static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }
    }
}
