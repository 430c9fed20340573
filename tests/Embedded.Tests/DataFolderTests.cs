using PushGateway.Testing;
using Xunit;

namespace PushGateway.Embedded.Tests;

public sealed class DataFolderTests : StoreFixture
{
    [Fact]
    public void A_new_folder_is_its_owners_alone()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "file modes are Unix'");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
                File.GetUnixFileMode(Options.DataFolder));
        }
    }

    [Fact]
    public async Task A_second_process_is_refused_and_the_first_goes_on()
    {
        var second = await ChildProcess.RunAsync(Child.Start(Options.DataFolder, SynchronousMode.Normal, "unused"));

        Assert.Equal(Child.Refused, second.ExitCode);
        Assert.Contains("is in use by another process", second.StandardOutput, StringComparison.Ordinal);
        await EnqueueAsync("still here");
        Assert.Single(await ReceiveAsync());
    }

    [Fact]
    public async Task A_schema_of_another_version_is_refused()
    {
        await ChangeFileAsync("PRAGMA user_version = 7");
        Assert.Contains("its schema is 7, this build knows 3", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreign_database_is_refused()
    {
        await ChangeFileAsync("PRAGMA application_id = 1");
        Assert.Contains("is not one of this gateway's", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        await Store.DisposeAsync();
        await File.WriteAllTextAsync(DatabasePath, new string('x', 10_000), Cancellation);
        Assert.Contains("cannot be opened", Refusal(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_created_is_refused()
    {
        await Store.DisposeAsync();
        var good = Options;
        Options = Options with { DataFolder = Path.Combine(DatabasePath, "below-a-file") };
        var refusal = Assert.Throws<DataFolderException>(Open);
        Assert.Contains("cannot be created", refusal.Message, StringComparison.Ordinal);
        Options = good;
        Open();
    }

    // A refused folder is let go: the fixture's own file is put back and opened again.
    private string Refusal()
    {
        var refusal = Assert.Throws<DataFolderException>(Open);
        foreach (var file in Directory.GetFiles(Options.DataFolder))
        {
            File.Delete(file);
        }

        Open();
        return refusal.Message;
    }
}
