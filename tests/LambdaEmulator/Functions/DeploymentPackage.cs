using System.IO.Compression;
using PushGateway.Testing;

namespace PushGateway.LambdaEmulator;

/// <summary>A function's code in the folder where its sandboxes run it.</summary>
sealed class DeploymentPackage : IDisposable
{
    const string BootstrapName = "bootstrap";

    readonly TempFolder? _extracted;

    DeploymentPackage(string taskRoot, TempFolder? extracted)
    {
        TaskRoot = taskRoot;
        Bootstrap = Path.Combine(taskRoot, BootstrapName);
        _extracted = extracted;
    }

    /// <summary>The value of <c>LAMBDA_TASK_ROOT</c>, which is also the working directory.</summary>
    internal string TaskRoot { get; }

    /// <summary>The path of the program to start.</summary>
    internal string Bootstrap { get; }

    /// <summary>Extracts a zip with the permissions in it, or uses a folder unchanged.</summary>
    /// <exception cref="InvalidDataException">
    /// There is no executable <c>bootstrap</c> at the root, so Lambda would not start it.
    /// </exception>
    internal static DeploymentPackage Open(string path)
    {
        if (Directory.Exists(path))
            return Check(new DeploymentPackage(Path.GetFullPath(path), null));

        var folder = new TempFolder();
        try
        {
            ZipFile.ExtractToDirectory(path, folder.FullPath);
            return Check(new DeploymentPackage(folder.FullPath, folder));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Deletes the extracted files. No sandbox may run any more.</summary>
    public void Dispose() => _extracted?.Dispose();

    static DeploymentPackage Check(DeploymentPackage package)
    {
        const UnixFileMode everyone = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        if (!File.Exists(package.Bootstrap))
            throw new InvalidDataException($"Runtime.InvalidEntrypoint: {package.Bootstrap} does not exist.");
        // Lambda's user neither owns the file nor belongs to its group.
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(package.Bootstrap) & everyone) != everyone)
            throw new InvalidDataException($"Runtime.InvalidEntrypoint: {package.Bootstrap} is not executable by everyone.");
        return package;
    }
}
