namespace PushGateway.LambdaEmulator;

/// <summary>Handles paths whose first segment is a stage.</summary>
static class StagePath
{
    /// <summary>Returns whether the path is in the stage. The rest of the path begins with a slash.</summary>
    internal static bool TryStrip(string path, string stage, out string rest)
    {
        rest = "/";
        var prefix = $"/{stage}";
        if (path == prefix)
            return true;
        if (!path.StartsWith(prefix + "/", StringComparison.Ordinal))
            return false;
        rest = path[prefix.Length..];
        return true;
    }
}
