using System.Globalization;
using PushGateway.LambdaEmulator;
using Xunit;

namespace PushGateway.EndToEnd.Tests.Lambda;

/// <summary>
/// Every sample arrives once, or is a dead letter with its reason, whatever goes wrong on the way. <c>eng/drill.sh</c> runs it for longer:
/// <c>PUSHGATEWAY_DRILL_MESSAGES</c> and <c>PUSHGATEWAY_DRILL_SEED</c> say how, half of the messages for either target.
/// </summary>
public sealed class LossDrillTests(ITestOutputHelper output)
{
    const int DefaultMessages = 500;
    const int DefaultSeed = 20_260_229;

    [Theory]
    [InlineData(WorkerTarget.Collector)]
    [InlineData(WorkerTarget.RemoteWrite)]
    public Task Nothing_is_lost(WorkerTarget target) => LossDrill.RunAsync(
        target,
        Setting("PUSHGATEWAY_DRILL_MESSAGES", DefaultMessages) / 2,
        Setting("PUSHGATEWAY_DRILL_SEED", DefaultSeed),
        output);

    static int Setting(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
