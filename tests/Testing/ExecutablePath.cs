namespace PushGateway.Testing;

/// <summary>Finds programs on this machine.</summary>
public static class ExecutablePath
{
    /// <summary>The path of a program on PATH, or null.</summary>
    public static string? Find(string name)
    {
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator))
        {
            var candidate = Path.Combine(folder, name);
            if (folder.Length > 0 && File.Exists(candidate))
                return candidate;
        }

        return null;
    }
}
