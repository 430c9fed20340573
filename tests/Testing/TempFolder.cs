namespace PushGateway.Testing;

/// <summary>A new, empty folder that only its owner may use. Disposal deletes it with everything in it.</summary>
public sealed class TempFolder : IDisposable
{
    /// <summary>The absolute path.</summary>
    public string FullPath { get; } = Directory.CreateTempSubdirectory("pushgateway-test-").FullName;

    /// <summary>The path of a file or folder in it.</summary>
    public string Combine(params ReadOnlySpan<string> segments) => Path.Combine([FullPath, .. segments]);

    /// <summary>Deletes the folder. Nothing may use it any more.</summary>
    public void Dispose()
    {
        if (Directory.Exists(FullPath))
            Directory.Delete(FullPath, recursive: true);
    }
}
