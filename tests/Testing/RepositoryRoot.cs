namespace PushGateway.Testing;

/// <summary>The root folder of the repository that contains the running test assembly.</summary>
public static class RepositoryRoot
{
    static readonly Lazy<string> Found = new(Find);

    /// <summary>The absolute path of the folder with <c>PushGateway.sln</c>.</summary>
    public static string FullPath => Found.Value;

    /// <summary>Joins path segments to the repository root.</summary>
    public static string Combine(params ReadOnlySpan<string> segments) => Path.Combine([FullPath, .. segments]);

    static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "PushGateway.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds PushGateway.sln.");
    }
}
