using System.Buffers.Binary;
using System.Diagnostics;
using Microsoft.Data.Sqlite;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Embedded.Tests;

/// <summary>Files that are not whole or do not belong together are refused, and never taken for empty. What a killed process leaves is taken.</summary>
public sealed class FilesTests : IDisposable
{
    private const int PageBytes = 4096;

    private readonly TempFolder _folder = new();

    private string Data => _folder.Combine("data");

    private string Database => Path.Combine(Data, "pushgateway.db");

    private string Log => Database + "-wal";

    private string Lock => Path.Combine(Data, "pushgateway.lock");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_flipped_byte_in_the_header_of_the_log_is_refused()
    {
        await LeaveAsync(killed: true);
        var whole = await File.ReadAllBytesAsync(Log, Cancellation);
        for (var i = 0; i < 32; i++)
        {
            var flipped = whole.ToArray();
            flipped[i] ^= 0x10;
            await File.WriteAllBytesAsync(Log, flipped, Cancellation);
            CheckRefused("The header of");
        }

        await File.WriteAllBytesAsync(Log, whole, Cancellation);
        CheckOpens();
    }

    [Theory]
    [InlineData("emptied")]
    [InlineData("removed")]
    [InlineData("cut after its header")]
    [InlineData("damaged in its first frame")]
    public async Task A_log_without_its_content_is_refused(string damage)
    {
        await LeaveAsync(killed: true);
        var whole = await File.ReadAllBytesAsync(Log, Cancellation);
        switch (damage)
        {
            case "emptied":
                await File.WriteAllBytesAsync(Log, [], Cancellation);
                break;
            case "removed":
                File.Delete(Log);
                break;
            case "cut after its header":
                await File.WriteAllBytesAsync(Log, whole.AsMemory(0, 32), Cancellation);
                break;
            default:
                var flipped = whole.ToArray();
                flipped[32 + 24 + 100] ^= 1;
                await File.WriteAllBytesAsync(Log, flipped, Cancellation);
                break;
        }

        CheckRefused("has lost what was stored last");
        await File.WriteAllBytesAsync(Log, whole, Cancellation);
        CheckOpens();
    }

    [Fact]
    public async Task A_log_that_was_copied_into_the_database_before_is_noticed_when_it_is_gone()
    {
        await LeaveAsync(killed: true, afterCheckpoint: true);
        File.Delete(Log);
        CheckRefused("has lost what was stored last");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_emptied_or_missing_database_is_refused(bool killed)
    {
        await LeaveAsync(killed);
        await File.WriteAllBytesAsync(Database, [], Cancellation);
        CheckRefused("is empty");
        File.Delete(Database);
        CheckRefused("is missing");
        Directory.Delete(Data, recursive: true);
        CheckOpens();
    }

    [Fact]
    public async Task An_emptied_database_of_a_former_version_is_refused()
    {
        await LeaveAsync(killed: false);
        await File.WriteAllBytesAsync(Lock, [], Cancellation);
        CheckOpens();
        await File.WriteAllBytesAsync(Lock, [], Cancellation);
        await File.WriteAllBytesAsync(Database, [], Cancellation);
        CheckRefused("is empty");
    }

    [Fact]
    public async Task The_log_of_a_former_version_without_its_database_is_refused()
    {
        await LeaveAsync(killed: true);
        await File.WriteAllBytesAsync(Lock, [], Cancellation);
        File.Delete(Database);
        CheckRefused("is missing");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(6)]
    public async Task A_database_that_is_cut_short_is_refused(int pages)
    {
        await LeaveAsync(killed: false);
        Assert.True(new FileInfo(Database).Length > pages * PageBytes);
        Cut(Database, pages);
        CheckRefused("is cut short");
    }

    [Fact]
    public async Task A_database_that_is_cut_short_beside_a_log_is_refused()
    {
        await LeaveAsync(killed: true, afterCheckpoint: true);
        Cut(Database, 1000);
        CheckRefused("is cut short");
    }

    [Fact]
    public async Task A_kill_while_the_log_is_copied_into_the_database_is_no_damage()
    {
        await LeaveBeforeTheLogIsCopiedAsync();
        var log = await File.ReadAllBytesAsync(Log, Cancellation);
        var first = Enumerable.Range(0, (log.Length - 32) / (PageBytes + 24)).Select(frame => 32 + (frame * (PageBytes + 24)))
            .Last(frame => BinaryPrimitives.ReadUInt32BigEndian(log.AsSpan(frame)) == 1);
        using (var file = new FileStream(Database, FileMode.Open))
        {
            file.Write(log, first + 24, PageBytes);
            var header = log.AsSpan(first + 24, 100);
            Assert.True(BinaryPrimitives.ReadUInt32BigEndian(header[28..]) > file.Length / PageBytes);
        }

        CheckOpens();
    }

    [Fact]
    public async Task Another_program_may_copy_the_log_into_the_database_after_a_kill()
    {
        await LeaveAsync(killed: true);
        using (var connection = new SqliteConnection($"Data Source={Database};Pooling=False"))
        {
            connection.Open();
            using var statement = new Statement(connection, "SELECT count(*) FROM messages");
            Assert.NotEqual(0, statement.RunScalar());
        }

        Assert.False(File.Exists(Log));
        CheckOpens();
    }

    [Fact]
    public async Task An_older_copy_of_the_database_is_refused_until_the_lock_file_is_removed()
    {
        await LeaveAsync(killed: false);
        var copy = await File.ReadAllBytesAsync(Database, Cancellation);
        CheckOpens();
        await File.WriteAllBytesAsync(Database, copy, Cancellation);
        CheckRefused("an older copy");
        File.Delete(Lock);
        CheckOpens();
    }

    [Fact]
    public async Task An_older_copy_of_the_database_beside_the_log_is_refused()
    {
        await LeaveAsync(killed: false);
        var copy = await File.ReadAllBytesAsync(Database, Cancellation);
        CheckOpens();
        await LeaveAsync(killed: true);
        var current = await File.ReadAllBytesAsync(Database, Cancellation);
        await File.WriteAllBytesAsync(Database, copy, Cancellation);
        CheckRefused("an older copy");
        await File.WriteAllBytesAsync(Database, current, Cancellation);
        CheckOpens();
    }

    [Theory]
    [InlineData("a space")]
    [InlineData("50% ? # & ö")]
    public async Task The_folder_may_have_any_name(string name)
    {
        var options = new EmbeddedOptions { DataFolder = _folder.Combine(name) };
        for (var i = 0; i < 2; i++)
        {
            await using var store = EmbeddedStore.Open(options, TimeProvider.System);
            await store.Queue.CheckAsync(Cancellation);
        }

        File.Delete(Path.Combine(options.DataFolder, "pushgateway.db"));
        Assert.Throws<DataFolderException>(() => EmbeddedStore.Open(options, TimeProvider.System));
    }

    [Fact]
    public async Task A_draft_that_a_killed_process_has_left_is_no_damage()
    {
        Directory.CreateDirectory(Data);
        await File.WriteAllTextAsync(Database + ".new", "half a database", Cancellation);
        await File.WriteAllTextAsync(Lock, "", Cancellation);
        CheckOpens();
        Assert.False(File.Exists(Database + ".new"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task All_files_are_their_owners_alone_whoever_made_them(bool exist)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "file modes are Unix'");
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        if (exist)
        {
            await LeaveAsync(killed: true);
            foreach (var file in Directory.GetFiles(Data))
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            }
        }

        await using var store = EmbeddedStore.Open(new EmbeddedOptions { DataFolder = Data }, TimeProvider.System);
        await store.Queue.CheckAsync(Cancellation);
        var files = Directory.GetFiles(Data);
        Assert.Equal(
            ["pushgateway.db", "pushgateway.db-shm", "pushgateway.db-wal", "pushgateway.lock"], files.Select(Path.GetFileName).Order(StringComparer.Ordinal));
        foreach (var file in files)
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    // What a process leaves that stores messages until it is killed, or a store that is closed.
    private async Task LeaveAsync(bool killed, bool afterCheckpoint = false)
    {
        var acknowledged = _folder.Combine("acknowledged");
        if (afterCheckpoint)
        {
            await using var store = EmbeddedStore.Open(new EmbeddedOptions { DataFolder = Data }, TimeProvider.System);
            for (var i = 0; i < 6; i++)
            {
                await store.Queue.EnqueueAsync([new Queue.QueueMessage(new byte[1_000_000], new Dictionary<string, string>())], Cancellation);
            }
        }

        await using (var child = await ChildProcess.StartAsync(Child.Start(Data, SynchronousMode.Normal, acknowledged)))
        {
            await child.WaitUntilReadyAsync(_ => Task.FromResult(new FileInfo(acknowledged) is { Exists: true, Length: var length } && length > (killed ? 2_000 : 20_000)), cancellationToken: Cancellation);
            await child.KillAsync();
        }

        if (!killed)
        {
            CheckOpens();
        }
    }

    // What a process leaves that is killed when the database has grown by less than what makes it copy its log. Another program copies the
    // files: .NET respects the lock of the store.
    private async Task LeaveBeforeTheLogIsCopiedAsync()
    {
        var copy = _folder.Combine("copy");
        await using (var store = EmbeddedStore.Open(new EmbeddedOptions { DataFolder = Data }, TimeProvider.System))
        {
            await store.Queue.EnqueueAsync([new Queue.QueueMessage(new byte[1_000_000], new Dictionary<string, string>())], Cancellation);
            using var cp = Process.Start("cp", ["-r", Data, copy]);
            await cp.WaitForExitAsync(Cancellation);
            Assert.Equal(0, cp.ExitCode);
        }

        Directory.Delete(Data, recursive: true);
        Directory.Move(copy, Data);
    }

    private void CheckOpens() => EmbeddedStore.Open(new EmbeddedOptions { DataFolder = Data }, TimeProvider.System).DisposeAsync().AsTask().GetAwaiter().GetResult();

    // The files are left as they are.
    private void CheckRefused(string reason)
    {
        var before = Contents();
        var refusal = Assert.Throws<DataFolderException>(CheckOpens);
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(before, Contents());
    }

    private List<string> Contents() =>
        [.. new[] { Database, Log, Lock }.Select(file => File.Exists(file) ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file))) : "none")];

    private static void Cut(string path, int pages)
    {
        using var file = new FileStream(path, FileMode.Open);
        file.SetLength(pages * PageBytes);
    }
}
