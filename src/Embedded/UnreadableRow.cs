namespace PushGateway.Embedded;

/// <summary>A row whose content cannot be read, though SQLite can read the row.</summary>
/// <param name="Id">Its id in its table.</param>
/// <param name="Reason">What is wrong with it, as a sentence without its full stop.</param>
internal readonly record struct UnreadableRow(long Id, string Reason);
