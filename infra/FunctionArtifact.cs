using Amazon.CDK.AWS.Lambda;

namespace PushGateway.Infra;

/// <summary>Finds the zips that <c>eng/publish-lambda.sh</c> makes.</summary>
internal static class FunctionArtifact
{
    /// <summary>The code of a function, from the repository in which the app was started or built.</summary>
    /// <exception cref="FileNotFoundException">There is no such zip. The message says how to make it.</exception>
    public static Code Find(string function, GatewayArchitecture architecture) =>
        Code.FromAsset(Find(function, architecture, Directory.GetCurrentDirectory(), AppContext.BaseDirectory));

    /// <summary>The path of the zip in <c>artifacts</c> of a folder or of one of its parents. The first one that exists is used.</summary>
    internal static string Find(string function, GatewayArchitecture architecture, params string[] folders)
    {
        var zip = Path.Combine("artifacts", $"{function}-{architecture.OfZip}.zip");
        return folders.SelectMany(Ancestry).Select(folder => Path.Combine(folder, zip)).FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException(
                $"{zip} is missing: run eng/publish-lambda.sh {architecture.OfZip}. On a machine that has no C compiler for {architecture.OfZip}, choose the other "
                + "Architecture (in the example app, by `-c architecture=x64`), or give ApiCode and WorkerCode.");
    }

    private static IEnumerable<string> Ancestry(string folder)
    {
        for (var directory = new DirectoryInfo(folder); directory is not null; directory = directory.Parent)
        {
            yield return directory.FullName;
        }
    }
}
