using Microsoft.Data.Sqlite;

namespace PushGateway.Embedded;

/// <summary>A connection to a database that nobody else uses. It leaves the files of the folder as they are.</summary>
internal sealed class UnchangedDatabase : IDisposable
{
    private readonly List<string> _temporary;

    /// <exception cref="DataFolderException">The file is from another version, or not a database of this gateway.</exception>
    /// <exception cref="SqliteException">The file cannot be read.</exception>
    public UnchangedDatabase(string path)
    {
        // SQLite creates these files to read, and does not delete them.
        _temporary = [.. new[] { path + "-wal", path + "-shm" }.Where(file => !File.Exists(file))];
        try
        {
            Connection = Database.OpenReadOnly(path);
        }
        catch
        {
            RemoveTemporary();
            throw;
        }
    }

    public SqliteConnection Connection { get; }

    public void Dispose()
    {
        Connection.Dispose();
        RemoveTemporary();
    }

    private void RemoveTemporary() => _temporary.ForEach(File.Delete);
}
