namespace PushGateway.Embedded;

/// <summary>When SQLite waits for the disk.</summary>
public enum SynchronousMode
{
    /// <summary>
    /// A commit reaches the operating system, not the disk. An acknowledged push survives the death of the process at any instant,
    /// including <c>kill -9</c>. A power cut or a kernel crash may lose the last commits, but leaves the file consistent.
    /// </summary>
    Normal,

    /// <summary>
    /// A commit waits for the disk (fsync), so an acknowledged push also survives a power cut. Pushes that arrive together share one wait.
    /// </summary>
    Full,
}
