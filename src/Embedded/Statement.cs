using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace PushGateway.Embedded;

/// <summary>
/// A prepared statement without ADO.NET's boxed parameters and byte array copies. Parameters are numbered from 1, columns from 0. Only the
/// thread that uses its connection may use it.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public Statement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v3(_database, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    /// <summary>The number of columns of a row.</summary>
    public int Columns => raw.sqlite3_column_count(_statement);

    public Statement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    /// <summary>Binds a copy of the bytes.</summary>
    public Statement Bind(int parameter, ReadOnlySpan<byte> value)
    {
        // An empty span would be bound as NULL.
        Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, parameter, 0) : raw.sqlite3_bind_blob(_statement, parameter, value));
        return this;
    }

    public Statement Bind(int parameter, string value)
    {
        Check(raw.sqlite3_bind_text(_statement, parameter, value));
        return this;
    }

    /// <summary>Binds a copy of a column of another statement's row.</summary>
    public void BindColumn(int parameter, Statement row, int column)
    {
        switch (raw.sqlite3_column_type(row._statement, column))
        {
            case raw.SQLITE_INTEGER:
                Bind(parameter, row.GetInt64(column));
                break;
            case raw.SQLITE_TEXT:
                Bind(parameter, row.GetText(column));
                break;
            default:
                Bind(parameter, row.GetBlob(column));
                break;
        }
    }

    /// <summary>Goes to the next row. Returns false after the last row; the statement may then run again.</summary>
    public bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result == raw.SQLITE_ROW)
        {
            return true;
        }

        Reset();
        if (result != raw.SQLITE_DONE)
        {
            Check(result);
        }

        return false;
    }

    /// <summary>Whether the first row, or that there is none, can be read. The statement may then run again.</summary>
    public bool CanStep()
    {
        var result = raw.sqlite3_step(_statement);
        Reset();
        return result is raw.SQLITE_ROW or raw.SQLITE_DONE;
    }

    /// <summary>Stops reading before the last row.</summary>
    public void Reset() => raw.sqlite3_reset(_statement);

    /// <summary>Runs a statement that returns no rows. Returns the number of changed rows.</summary>
    public int Run()
    {
        while (Step())
        {
        }

        return raw.sqlite3_changes(_database);
    }

    /// <summary>Runs a statement that returns one number.</summary>
    public long RunScalar()
    {
        var value = Step() ? GetInt64(0) : 0;
        Reset();
        return value;
    }

    public bool IsInteger(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_INTEGER;

    public bool IsBlob(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_BLOB;

    public long GetInt64(int column) => raw.sqlite3_column_int64(_statement, column);

    public string GetText(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    /// <summary>The bytes of a column, valid until the next step or reset.</summary>
    public ReadOnlySpan<byte> GetBlob(int column) => raw.sqlite3_column_blob(_statement, column);

    public void Dispose() => _statement.Dispose();

    private void Check(int result) => SqliteException.ThrowExceptionForRC(result, _database);
}
