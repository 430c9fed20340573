namespace PushGateway.Embedded;

/// <summary>When SQLite waits for the disk.</summary>
public enum SynchronousMode
{
    /// <summary>
    /// A commit reaches the operating system, not the disk. What was acknowledged survives the death of the process at any instant,
    /// <c>kill -9</c> included; a power cut or a kernel crash may take the last commits with it, but leaves the file consistent.
    /// </summary>
    Normal,

    /// <summary>
    /// A commit waits for the disk (fsync): what was acknowledged survives a power cut too. Pushes that arrive together share one wait.
    /// </summary>
    Full,
}
