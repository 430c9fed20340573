namespace PushGateway.Infra;

/// <summary>
/// The CDK unpacks itself, some 66 MB, into the folder for temporary files, and leaves it there: this is one of its own, that goes with the app.
/// To be made before anything of the CDK is used.
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
            // Something in it is still open; the machine clears such folders itself.
        }
    }
}
