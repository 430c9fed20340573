using Microsoft.Data.Sqlite;

namespace PushGateway.Embedded;

/// <summary>
/// The messages of which samples may have been sent, as runs of ids that do not overlap, on the connection that writes. Only the thread that
/// uses the connection may use it.
/// </summary>
internal sealed class SentTable(SqliteConnection connection) : IDisposable
{
    private readonly Statement _all = new(connection, "SELECT id, last_id FROM sent ORDER BY id");
    private readonly Statement _upTo = new(connection, "SELECT id, last_id FROM sent WHERE id <= ?1 ORDER BY id DESC LIMIT 1");
    private readonly Statement _put = new(connection, "INSERT INTO sent (id, last_id) VALUES (?1, ?2)");
    private readonly Statement _delete = new(connection, "DELETE FROM sent WHERE id = ?1");

    /// <summary>All runs, in order.</summary>
    public List<IdRun> Read()
    {
        var runs = new List<IdRun>();
        while (_all.Step())
        {
            runs.Add(new IdRun(_all.GetInt64(0), _all.GetInt64(1)));
        }

        return runs;
    }

    /// <summary>Adds ids. A run that they follow grows, so that one row stands for all messages that were sent in turn.</summary>
    public void Add(IdRun run)
    {
        Remove(run);
        if (UpTo(run.First) is { } before && before.Last == run.First - 1)
        {
            _delete.Bind(1, before.First).Run();
            run = run with { First = before.First };
        }

        Put(run);
    }

    /// <summary>Removes ids, whether or not they are there.</summary>
    public void Remove(IdRun run)
    {
        while (UpTo(run.Last) is { } other && other.Last >= run.First)
        {
            _delete.Bind(1, other.First).Run();
            if (other.First < run.First)
            {
                Put(other with { Last = run.First - 1 });
            }

            if (other.Last > run.Last)
            {
                Put(other with { First = run.Last + 1 });
            }
        }
    }

    public void Dispose()
    {
        foreach (var statement in (ReadOnlySpan<Statement>)[_all, _upTo, _put, _delete])
        {
            statement.Dispose();
        }
    }

    // The last run that begins at the id or before it.
    private IdRun? UpTo(long id)
    {
        IdRun? run = _upTo.Bind(1, id).Step() ? new IdRun(_upTo.GetInt64(0), _upTo.GetInt64(1)) : null;
        _upTo.Reset();
        return run;
    }

    private void Put(IdRun run) => _put.Bind(1, run.First).Bind(2, run.Last).Run();
}
