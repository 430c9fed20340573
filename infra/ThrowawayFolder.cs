namespace PushGateway.Infra;

/// <summary>
/// A temporary folder for the CDK that is deleted with the app. The CDK unpacks about 66 MB into the folder for temporary files and leaves
/// them there. Must be created before anything of the CDK is used.
/// </summary>
internal sealed class ThrowawayFolder : IDisposable
{
    private const string Variable = "TMPDIR";

    private readonly string? _before = Environment.GetEnvironmentVariable(Variable);
    private readonly string _path = Directory.CreateTempSubdirectory("pushgateway-cdk-").FullName;

    public ThrowawayFolder()
    {
        Environment.SetEnvironmentVariable(Variable, _path);
        Environment.SetEnvironmentVariable("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20");
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Variable, _before);
        try
        {
            Directory.Delete(_path, recursive: true);
        }
        catch (IOException)
        {
            // A file in it is still open. The machine cleans up such folders itself.
        }
    }
}
