using System.Globalization;
using Microsoft.Data.Sqlite;
using PushGateway.Exposition;
using PushGateway.Groups;
using PushGateway.Queue;

namespace PushGateway.Embedded;

/// <summary>Looks at a data folder that no gateway uses, and changes nothing in it.</summary>
public sealed class DataFolderCheck
{
    private const int MaxMessages = 1000;
    private const long MaxBytes = 8 * 1024 * 1024;

    private readonly DataFolder _folder;
    private readonly DataFolderReport _report;

    private DataFolderCheck(DataFolder folder)
    {
        _folder = folder;
        _report = new DataFolderReport { Folder = Path.GetDirectoryName(folder.DatabasePath)! };
    }

    /// <summary>Reads everything in the folder.</summary>
    /// <exception cref="DataFolderException">There is nothing to check, or a process uses the folder.</exception>
    public static DataFolderReport Run(string path)
    {
        using var folder = DataFolder.OpenUnchanged(path);
        var check = new DataFolderCheck(folder);
        try
        {
            if (!DatabaseFiles.Check(folder))
            {
                throw new DataFolderException($"The folder {check._report.Folder} holds no database.");
            }

            check.Measure();
            DatabaseFiles.CheckMark(folder);
        }
        catch (DataFolderException e) when (File.Exists(folder.DatabasePath))
        {
            check.Measure();
            check._report.Found.Add(e.Message);
            return check._report;
        }

        check.Read();
        return check._report;
    }

    private void Measure()
    {
        _report.DatabaseBytes = new FileInfo(_folder.DatabasePath).Length;
        _report.LogBytes = new FileInfo(_folder.DatabasePath + "-wal") is { Exists: true } log ? log.Length : 0;
    }

    private void Read()
    {
        try
        {
            using var database = new UnchangedDatabase(_folder.DatabasePath);
            Database.RequireCurrent(database.Connection, _folder.DatabasePath);
            Try("the messages", ReadMessages);
            Try("the groups", () => ReadGroups(database.Connection));
            Try("the dead letters", () => ReadDeadLetters(database.Connection));
            Try("the list of tables", () => FindReplacedTables(database.Connection));
            CheckIntegrity(database.Connection);
        }
        catch (Exception e) when (e is SqliteException or DataFolderException)
        {
            _report.Found.Add(e is DataFolderException ? e.Message : $"The database {_folder.DatabasePath} cannot be opened: {e.Message}");
        }
    }

    private void Try(string what, Action read)
    {
        try
        {
            read();
        }
        catch (SqliteException e)
        {
            _report.Found.Add($"Not all of {what} can be read: {e.Message}");
        }
    }

    private void ReadMessages()
    {
        using var database = new UnchangedDatabase(_folder.DatabasePath);
        using var reader = new MessageReader(database.Connection);
        var messages = new List<ReceivedMessage>();
        var unreadable = new List<UnreadableRow>();
        var (first, last) = (0L, 0L);
        do
        {
            messages.Clear();
            unreadable.Clear();
            first = last + 1;
            last = reader.Read(new IdRun(first, long.MaxValue), messages, unreadable, MaxMessages, MaxBytes, overThrough: 0, OpenMilliseconds.None);
            _report.Messages += messages.Count;
            _report.UnreadableRows += unreadable.Count;
            unreadable.ForEach(message => _report.Found.Add($"Message {message.Id.ToString(CultureInfo.InvariantCulture)} cannot be read: {message.Reason}."));
            if (messages.Count > 0)
            {
                _report.OldestMs = Math.Min(_report.OldestMs ?? long.MaxValue, messages.Min(static message => message.SentMs));
            }
        }
        while (last >= first);
    }

    private void ReadGroups(SqliteConnection connection)
    {
        // Old series are held, too.
        var memory = new MemoryGroupStore(GroupStoreOptions.Default with { UngroupedHold = TimeSpan.FromDays(36_500) }, TimeProvider.System);
        var unreadable = new List<(UnreadableRow Row, byte[] Content)>();
        var last = 0L;
        try
        {
            GroupStateLoader.Load(connection, memory, ref last, unreadable);
        }
        finally
        {
            var reading = new GroupReading();
            memory.OpenScan().ReadOn(reading, CancellationToken.None);
            _report.Groups = reading.Groups.Count;
            _report.UngroupedSeries = reading.Batch.Series.Length - reading.GroupsEnd.Series;
            _report.UnreadableRows += unreadable.Count;
            unreadable.ForEach(state => _report.Found.Add(
                $"Row {state.Row.Id.ToString(CultureInfo.InvariantCulture)} of the groups cannot be read: {state.Row.Reason}."));
        }
    }

    private void ReadDeadLetters(SqliteConnection connection)
    {
        var letters = new SortedDictionary<string, long>(StringComparer.Ordinal);
        using var codes = new Statement(connection, "SELECT code, count(*) FROM dead_letters GROUP BY code");
        while (codes.Step())
        {
            letters[codes.GetText(0)] = codes.GetInt64(1);
        }

        _report.DeadLetters = letters;
    }

    private void FindReplacedTables(SqliteConnection connection)
    {
        using var tables = new Statement(connection, "SELECT name FROM sqlite_schema WHERE name LIKE '%_damaged_%' ORDER BY name");
        while (tables.Step())
        {
            _report.Found.Add($"The table {tables.GetText(0)} has a damaged page. The gateway works with a copy of what could be read.");
        }
    }

    private void CheckIntegrity(SqliteConnection connection)
    {
        var lines = new List<string>();
        try
        {
            using var check = new Statement(connection, "PRAGMA integrity_check");
            while (check.Step())
            {
                lines.Add(check.GetText(0));
            }
        }
        catch (SqliteException e)
        {
            lines.Add(e.Message);
        }

        _report.Integrity = string.Join('\n', lines);
        if (lines is not ["ok"])
        {
            _report.Found.Add("SQLite finds the database damaged.");
        }
    }
}
