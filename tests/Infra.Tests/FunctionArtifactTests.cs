using Amazon.CDK.AWS.Lambda;
using Xunit;

namespace PushGateway.Infra.Tests;

/// <summary>Where the functions' code comes from.</summary>
public sealed class FunctionArtifactTests
{
    private static readonly GatewayArchitecture Arm64 = GatewayArchitecture.Of(Architecture.ARM_64)!;

    [Fact]
    public void The_nearest_zip_above_is_taken()
    {
        var root = CdkFolder.NewFolder();
        var below = Directory.CreateDirectory(Path.Combine(root, "infra", "bin")).FullName;
        var zip = Path.Combine(Directory.CreateDirectory(Path.Combine(root, "artifacts")).FullName, "api-arm64.zip");
        File.WriteAllText(zip, "");

        Assert.Equal(zip, FunctionArtifact.Find("api", Arm64, CdkFolder.NewFolder(), below));
    }

    [Fact]
    public void Without_a_zip_the_way_to_it_is_said()
    {
        var exception = Assert.Throws<FileNotFoundException>(() => FunctionArtifact.Find("worker", Arm64, CdkFolder.NewFolder()));
        Assert.StartsWith("artifacts/worker-arm64.zip is missing: run eng/publish-lambda.sh arm64. ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("-c architecture=x64", exception.Message, StringComparison.Ordinal);
    }
}
