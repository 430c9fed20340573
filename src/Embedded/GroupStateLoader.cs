using Microsoft.Data.Sqlite;
using PushGateway.Groups;

namespace PushGateway.Embedded;

/// <summary>Reads stored group state into memory before the first push. Rows that cannot be read are set aside.</summary>
internal static class GroupStateLoader
{
    public static void Load(WriterSession session, MemoryGroupStore memory)
    {
        var unreadable = new List<(UnreadableRow Row, byte[] Content)>();
        var last = 0L;
        try
        {
            Load(session.Connection, memory, ref last, unreadable);
        }
        catch (SqliteException e) when (DatabaseDamage.Is(e))
        {
            session.Rescue(e);
            Load(session.Connection, memory, ref last, unreadable);
        }

        if (unreadable.Count > 0)
        {
            SetAside(session, unreadable);
        }
    }

    /// <summary>Reads the rows after an id.</summary>
    /// <param name="connection">The connection to read on.</param>
    /// <param name="memory">Takes the state.</param>
    /// <param name="last">The id; then that of the last row that was read.</param>
    /// <param name="unreadable">Takes the rows that are no group state, because they are damaged.</param>
    public static void Load(
        SqliteConnection connection, MemoryGroupStore memory, ref long last, List<(UnreadableRow Row, byte[] Content)> unreadable)
    {
        using var rows = new Statement(connection, "SELECT id, row FROM group_state WHERE id > ?1 ORDER BY id");
        rows.Bind(1, last);
        while (rows.Step())
        {
            var id = rows.GetInt64(0);
            if (id <= last)
            {
                throw DatabaseDamage.RowsOutOfOrder();
            }

            last = id;
            try
            {
                memory.Load(id, rows.GetBlob(1));
            }
            catch (InvalidDataException e)
            {
                unreadable.Add((new UnreadableRow(id, e.Message), rows.GetBlob(1).ToArray()));
            }
        }
    }

    private static void SetAside(WriterSession session, List<(UnreadableRow Row, byte[] Content)> unreadable)
    {
        try
        {
            session.Begin();
            unreadable.ForEach(state => session.SetStateAside(state.Row, state.Content));
            session.Commit();
            session.Maintain();
        }
        catch (SqliteException)
        {
            // For example on a full disk. The rows stay where they are, and the next start finds them again.
            session.Rollback();
        }
    }
}
