using System.Runtime.InteropServices;
using PushGateway.Testing;

namespace PushGateway.Embedded.Tests;

/// <summary>The program of <c>tests/Embedded.Tests.Child</c>.</summary>
internal static class Child
{
    /// <summary>Its exit code when the store does not open; the reason is on its standard output.</summary>
    public const int Refused = 3;

    public static ChildProcessStart Start(string dataFolder, SynchronousMode synchronous, string acknowledged) => new(
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", "dotnet")),
        ["exec", Path.Combine(AppContext.BaseDirectory, "PushGateway.Embedded.Tests.Child.dll"), dataFolder, synchronous.ToString(), acknowledged]);
}
