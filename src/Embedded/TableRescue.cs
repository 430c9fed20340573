using Microsoft.Data.Sqlite;

namespace PushGateway.Embedded;

/// <summary>
/// Puts a new table in the place of one that has a damaged page, and copies every row that can be read. SQLite
/// refuses some writes to a table with a damaged page even if they concern other rows. The old table stays in the file under another name, for whoever wants to look at it.
/// </summary>
internal static class TableRescue
{
    // Up to this many ids are tried one by one, so that no readable row is missed. A page has far fewer rows.
    private const int MaxSteps = 100_000;

    /// <summary>Whether a row of the table cannot be read. Reads all of it.</summary>
    public static bool IsDamaged(SqliteConnection connection, string table)
    {
        try
        {
            using var rows = new Statement(connection, $"SELECT * FROM {table}");
            for (var last = long.MinValue; rows.Step(); last = rows.GetInt64(0))
            {
                if (rows.GetInt64(0) <= last)
                {
                    return true;
                }
            }

            return false;
        }
        catch (SqliteException e) when (DatabaseDamage.Is(e))
        {
            return true;
        }
    }

    /// <summary>Replaces the table, as the first thing in the caller's transaction.</summary>
    /// <param name="writer">The connection of the transaction.</param>
    /// <param name="reader">
    /// Another connection, for what cannot be read: after such a failure within a transaction, SQLite refuses to write in it.
    /// </param>
    /// <param name="table">The table.</param>
    /// <returns>The ids whose rows cannot be read. Not each of them had a row.</returns>
    public static List<IdRun> Replace(SqliteConnection writer, SqliteConnection reader, string table)
    {
        Rename(writer, table);
        using var rows = new Statement(reader, $"SELECT * FROM {table} WHERE id >= ?1 ORDER BY id");
        using var one = new Statement(reader, $"SELECT * FROM {table} WHERE id = ?1");
        using var insert = new Statement(writer, $"INSERT INTO {table} VALUES ({string.Join(", ", Enumerable.Repeat("?", rows.Columns))})");
        var lost = new List<IdRun>();
        var next = 1L;
        while (!CopyFrom(ref next, rows, insert))
        {
            var damage = FindDamage(one, next);
            lost.Add(damage);
            if (damage.Last == long.MaxValue)
            {
                break;
            }

            next = damage.Last + 1;
        }

        return lost;
    }

    private static void Rename(SqliteConnection writer, string table)
    {
        using var count = new Statement(writer, $"SELECT count(*) FROM sqlite_schema WHERE name LIKE '{table}_damaged_%'");
        using var rename = new Statement(writer, $"ALTER TABLE {table} RENAME TO {table}_damaged_{count.RunScalar() + 1}");
        rename.Run();
        using var create = new Statement(writer, Database.SchemaOf(table));
        create.Run();
    }

    // Whether the end of the table was reached. Otherwise the damage is at or behind the next id.
    private static bool CopyFrom(ref long next, Statement rows, Statement insert)
    {
        rows.Bind(1, next);
        try
        {
            while (rows.Step())
            {
                var id = rows.GetInt64(0);
                if (id < next)
                {
                    return false;
                }

                for (var column = 0; column < rows.Columns; column++)
                {
                    insert.BindColumn(column + 1, rows, column);
                }

                insert.Run();
                next = id + 1;
            }

            return true;
        }
        catch (SqliteException e) when (DatabaseDamage.Is(e))
        {
            return false;
        }
        finally
        {
            rows.Reset();
        }
    }

    // From the first id at which SQLite cannot say whether there is a row, to the last one before it can again.
    private static IdRun FindDamage(Statement one, long from)
    {
        var (first, last) = (0L, 0L);
        for (var id = from; id < from + MaxSteps; id++)
        {
            if (!IsReadable(one, id))
            {
                (first, last) = (first == 0 ? id : first, id);
            }
            else if (first > 0)
            {
                return new IdRun(first, last);
            }
        }

        if (first == 0)
        {
            return new IdRun(from, long.MaxValue);
        }

        // The gap is long: search in growing steps. Rows between two damaged pages may be missed.
        var (readable, step) = (last, (long)MaxSteps);
        while (!IsReadable(one, readable))
        {
            last = readable;
            if (long.MaxValue - readable <= step)
            {
                return new IdRun(first, long.MaxValue);
            }

            readable += step;
            step *= 2;
        }

        while (readable - last > 1)
        {
            var middle = last + ((readable - last) / 2);
            (last, readable) = IsReadable(one, middle) ? (last, middle) : (middle, readable);
        }

        return new IdRun(first, last);
    }

    private static bool IsReadable(Statement one, long id) => one.Bind(1, id).CanStep();
}
