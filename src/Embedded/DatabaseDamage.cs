using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace PushGateway.Embedded;

/// <summary>Tells a damaged page from what may pass, such as a full disk.</summary>
internal static class DatabaseDamage
{
    public static bool Is(Exception exception) => exception is SqliteException { SqliteErrorCode: raw.SQLITE_CORRUPT };

    public static SqliteException RowsOutOfOrder() => new("the rows of a page are out of order", raw.SQLITE_CORRUPT);
}
