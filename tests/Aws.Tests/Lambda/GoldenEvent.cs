using PushGateway.Testing;

namespace PushGateway.Aws.Tests.Lambda;

/// <summary>AWS's documented sample events, complete, with values that show what a host has to get right.</summary>
internal static class GoldenEvent
{
    public static string Read(string name) => File.ReadAllText(RepositoryRoot.Combine("tests", "Aws.Tests", "Lambda", "Golden", $"{name}.json"));
}
