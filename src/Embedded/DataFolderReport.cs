namespace PushGateway.Embedded;

/// <summary>What a data folder holds, and what is wrong with it.</summary>
public sealed class DataFolderReport
{
    /// <summary>The absolute path of the folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Bytes of the database file.</summary>
    public long DatabaseBytes { get; internal set; }

    /// <summary>Bytes of the write-ahead log beside it; 0 after a clean shutdown.</summary>
    public long LogBytes { get; internal set; }

    /// <summary>Messages that wait for delivery.</summary>
    public long Messages { get; internal set; }

    /// <summary>When the oldest of them was accepted, milliseconds since the Unix epoch; null when there is none.</summary>
    public long? OldestMs { get; internal set; }

    /// <summary>Groups that have series.</summary>
    public int Groups { get; internal set; }

    /// <summary>Series without a group, those that are no longer shown included.</summary>
    public int UngroupedSeries { get; internal set; }

    /// <summary>The number of dead letters by code.</summary>
    public IReadOnlyDictionary<string, long> DeadLetters { get; internal set; } = new SortedDictionary<string, long>(StringComparer.Ordinal);

    /// <summary>Messages and rows of group state that are damaged. Those on a damaged page are not counted.</summary>
    public long UnreadableRows { get; internal set; }

    /// <summary>What SQLite's integrity check says: "ok", or what is wrong, on lines.</summary>
    public string Integrity { get; internal set; } = "not checked";

    /// <summary>What is wrong, each a sentence; none when the folder is sound.</summary>
    public IReadOnlyList<string> Problems => Found;

    internal List<string> Found { get; } = [];
}
