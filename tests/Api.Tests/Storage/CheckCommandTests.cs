using PushGateway.Api.Storage;
using PushGateway.Embedded;
using PushGateway.Queue;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Storage;

/// <summary><c>check</c> says what a data folder holds, and whether it is sound.</summary>
public sealed class CheckCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_sound_folder_is_described(bool byArgument)
    {
        await FillAsync();
        var (exitCode, output, errors) = byArgument
            ? await RunAsync(_ => null, "--data", _folder.FullPath)
            : await RunAsync(name => name == "PUSHGATEWAY_DATA_DIR" ? _folder.FullPath : null);

        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Contains($"Data folder      {_folder.FullPath}", output, StringComparison.Ordinal);
        Assert.Matches("Messages         1, the oldest accepted at 20..-..-..T..:..:..Z", output);
        Assert.Contains("Groups           0, and 0 series without a group", output, StringComparison.Ordinal);
        Assert.Contains("Dead letters     0", output, StringComparison.Ordinal);
        Assert.Contains("Integrity check  ok", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_folder_is_described_with_what_is_wrong()
    {
        await FillAsync();
        using (var file = new FileStream(_folder.Combine("pushgateway.db"), FileMode.Open))
        {
            file.Position = 4096;
            file.Write(new byte[4096]);
        }

        var (exitCode, output, errors) = await RunAsync(_ => null, "--data", _folder.FullPath);

        Assert.Equal(1, exitCode);
        Assert.Contains("Messages         0", output, StringComparison.Ordinal);
        Assert.Contains("Not all of the messages can be read", errors, StringComparison.Ordinal);
        Assert.Contains("SQLite finds the database damaged.", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_a_gateway_uses_is_refused()
    {
        await using var store = EmbeddedStore.Open(new EmbeddedOptions { DataFolder = _folder.FullPath }, TimeProvider.System);
        var (exitCode, output, errors) = await RunAsync(_ => null, "--data", _folder.FullPath);
        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("is in use by another process", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--data")]
    [InlineData("--data", "")]
    [InlineData("folder")]
    [InlineData("--data", "a", "b")]
    public async Task Other_arguments_are_answered_with_the_usage(params string[] arguments)
    {
        var (exitCode, output, errors) = await RunAsync(_ => null, arguments);
        Assert.Equal((1, ""), (exitCode, output));
        Assert.StartsWith("Usage: ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_is_no_error()
    {
        var (exitCode, output, errors) = await RunAsync(_ => null, "--help");
        Assert.Equal((0, ""), (exitCode, errors));
        Assert.Contains("check [--data <folder>]", output, StringComparison.Ordinal);
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(Func<string, string?> setting, params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exitCode = await CheckCommand.RunAsync(arguments, setting, output, errors);
        return (exitCode, output.ToString(), errors.ToString());
    }

    private async Task FillAsync()
    {
        await using var store = EmbeddedStore.Open(new EmbeddedOptions { DataFolder = _folder.FullPath }, TimeProvider.System);
        await store.Queue.EnqueueAsync([new QueueMessage("a 1\n"u8.ToArray(), new Dictionary<string, string>())], TestContext.Current.CancellationToken);
    }
}
