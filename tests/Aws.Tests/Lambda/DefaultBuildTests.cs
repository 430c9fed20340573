using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Aws.Tests.Lambda;

/// <summary>The built-in host keeps the default build free of AWS's own, which <c>-p:LambdaHost=Amazon</c> chooses.</summary>
public sealed class DefaultBuildTests
{
    [Theory]
    [InlineData("Api")]
    [InlineData("Worker")]
    [InlineData("Aws")]
    [InlineData("Hosting")]
    public void References_nothing_of_Amazon_Lambda(string project)
    {
        // …/bin/<configuration>/<framework>/
        var framework = new DirectoryInfo(AppContext.BaseDirectory);
        var folder = RepositoryRoot.Combine("src", project, "bin", framework.Parent!.Name, framework.Name);

        using var assembly = new PEReader(File.OpenRead(Path.Combine(folder, $"PushGateway.{project}.dll")));
        var metadata = assembly.GetMetadataReader();
        var references = metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name)).ToList();

        Assert.NotEmpty(references);
        Assert.DoesNotContain(references, name => name.StartsWith("Amazon.Lambda", StringComparison.Ordinal));
        Assert.DoesNotContain(Directory.EnumerateFiles(folder), file => Path.GetFileName(file).StartsWith("Amazon.Lambda", StringComparison.Ordinal));
    }
}
