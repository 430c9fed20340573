using PushGateway.LambdaEmulator;
using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests.Lambda;

/// <summary>The real functions' place on the emulated path.</summary>
static class LambdaPath
{
    /// <summary>Options to be changed by <c>with</c>. Skips the test when the functions' zips have not been made.</summary>
    internal static AwsPathOptions Options(WorkerTarget target) => new()
    {
        Api = RealComponents.RequireFunction("api"),
        Worker = RealComponents.RequireFunction("worker"),
        Target = target,
    };

    /// <summary>A URL below the function URL.</summary>
    internal static string Url(this AwsPath path, string relative) => new Uri(path.FunctionUrl.Address, relative).AbsoluteUri;
}
