using System.Buffers.Binary;
using Microsoft.Data.Sqlite;

namespace PushGateway.Embedded;

/// <summary>
/// Checks, before SQLite opens them, that the database and its write-ahead log are whole and belong together. SQLite would take some of what
/// is damaged for empty. Every state in which a killed process may leave them passes.
/// </summary>
internal static class DatabaseFiles
{
    private const int HeaderBytes = 100;

    /// <summary>Whether there is a database.</summary>
    /// <param name="folder">The data folder.</param>
    /// <returns>False when there is none and never was: it is to be created.</returns>
    /// <exception cref="DataFolderException">The files are not whole, or do not belong together.</exception>
    public static bool Check(DataFolder folder)
    {
        var database = new FileInfo(folder.DatabasePath);
        var logPath = folder.DatabasePath + "-wal";
        var log = WriteAheadLog.Find(logPath);
        if (!database.Exists)
        {
            return folder.Mark == 0 && log is null
                ? false
                : throw new DataFolderException(
                    $"The database {database.FullName} is missing, but other files of the folder belong to one. "
                    + "Put it back, or remove those as well to begin anew.");
        }

        if (database.Length == 0)
        {
            throw new DataFolderException(
                $"The database {database.FullName} is empty, but the gateway never leaves it empty. "
                + "Put the whole file back, or remove all files of the folder to begin anew.");
        }

        if (log is { HasSoundHeader: false })
        {
            throw new DataFolderException(
                $"The header of {logPath} is damaged, so its content cannot be read. "
                + $"Put the right file back, or remove it and {folder.LockPath} to go on without its content.");
        }

        var header = ReadHeader(database);
        if (header.PageBytes > 0)
        {
            CheckPages(database, header, log);
        }

        return true;
    }

    /// <summary>Refuses a database that is older than it was.</summary>
    /// <param name="folder">The data folder. <see cref="DataFolder.Mark"/> says how that shows.</param>
    /// <exception cref="DataFolderException">The database has lost commits, or is not one of this gateway.</exception>
    public static void CheckMark(DataFolder folder)
    {
        if (ReadNumberInFile(folder.DatabasePath) < folder.MarkInFile || ReadNumber(folder.DatabasePath) < folder.Mark)
        {
            throw new DataFolderException(
                $"The database {folder.DatabasePath} has lost what was stored last: its -wal file was removed, emptied or damaged, or an older copy was put in its place; put the right files back, or remove {folder.LockPath} to go on with what is there.");
        }
    }

    // Null when it cannot be read, for example because a killed process has copied only a part of the log. Opening says what is wrong, or mends it.
    private static long? ReadNumberInFile(string path)
    {
        try
        {
            using var connection = Database.OpenWithoutLog(path);
            return ReadNumber(connection);
        }
        catch (SqliteException)
        {
            return null;
        }
    }

    // A connection that writes would remove the log when it is closed, and with it what may be saved.
    private static long? ReadNumber(string path)
    {
        try
        {
            using var database = new UnchangedDatabase(path);
            return ReadNumber(database.Connection);
        }
        catch (SqliteException)
        {
            return null;
        }
    }

    private static long ReadNumber(SqliteConnection connection)
    {
        using var read = new Statement(connection, "SELECT max(checked_ms) FROM probe");
        return read.RunScalar();
    }

    private static void CheckPages(FileInfo database, (int PageBytes, uint Pages) header, WriteAheadLog? log)
    {
        if (log is not null && log.PageBytes != header.PageBytes)
        {
            throw new DataFolderException($"The files {database.FullName} and {database.FullName}-wal do not belong together: their pages differ in size.");
        }

        var inFile = database.Length / header.PageBytes;
        if (inFile >= header.Pages)
        {
            return;
        }

        // A process that is killed while it copies pages from the log to the file may leave the file short. The log has the others then.
        var (logged, pages) = log?.ReadCommitted() ?? ([], 0);
        for (var page = inFile + 1; page <= (pages > 0 ? pages : header.Pages); page++)
        {
            if (!logged.Contains((uint)page))
            {
                throw new DataFolderException(
                    $"The database {database.FullName} is cut short: it has {inFile} of its {header.Pages} pages; put the whole file back, or remove all files of the folder to begin anew.");
            }
        }
    }

    // Zeros when it is not a header that tells the size. What is no database at all, SQLite says itself.
    private static (int PageBytes, uint Pages) ReadHeader(FileInfo database)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        using var file = new FileStream(database.FullName, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        if (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes
            || !header.StartsWith("SQLite format 3\0"u8)
            || !header[24..28].SequenceEqual(header[92..96]))
        {
            return default;
        }

        var pageBytes = BinaryPrimitives.ReadUInt16BigEndian(header[16..]);
        return (pageBytes == 1 ? 1 << 16 : pageBytes, BinaryPrimitives.ReadUInt32BigEndian(header[28..]));
    }
}
