using PushGateway.Groups;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Embedded.Tests;

/// <summary>A data folder is verified, and nothing in it changes.</summary>
public sealed class DataFolderCheckTests : StoreFixture
{
    [Fact]
    public async Task What_a_folder_holds_is_counted()
    {
        await FillAsync();
        await Store.DisposeAsync();

        var report = CheckUnchanged(Options.DataFolder);

        Assert.Equal(2, report.Messages);
        Assert.InRange(report.OldestMs!.Value, Time.Start.ToUnixTimeMilliseconds(), Time.GetUtcNow().ToUnixTimeMilliseconds());
        Assert.Equal((2, 1), (report.Groups, report.UngroupedSeries));
        Assert.Equal([KeyValuePair.Create("json-invalid", 2L), KeyValuePair.Create("sink-rejected", 1L)], report.DeadLetters);
        Assert.Equal(("ok", 0), (report.Integrity, report.UnreadableRows));
        Assert.Equal((new FileInfo(DatabasePath).Length, 0), (report.DatabaseBytes, report.LogBytes));
        Assert.Empty(report.Problems);
    }

    [Fact]
    public async Task What_a_killed_process_left_is_counted_with_the_log_and_not_moved()
    {
        await FillAsync();
        await Store.Checkpointer.FlushAsync();

        var report = CheckUnchanged(CopyFiles());

        Assert.Equal((2, 2, 3), (report.Messages, report.Groups, report.DeadLetters.Values.Sum()));
        Assert.NotEqual(0, report.LogBytes);
        Assert.Empty(report.Problems);
    }

    [Fact]
    public async Task An_empty_store_is_sound()
    {
        await Store.DisposeAsync();
        var report = CheckUnchanged(Options.DataFolder);
        Assert.Equal((0, null, 0), (report.Messages, report.OldestMs, report.Groups));
        Assert.Empty(report.Problems);
    }

    [Fact]
    public async Task Damaged_rows_are_named()
    {
        await FillAsync();
        await ChangeFileAsync("UPDATE messages SET attributes = x'63' WHERE id = 5");
        Open();
        await ChangeFileAsync("UPDATE group_state SET row = x'01' WHERE id = 1");

        var report = CheckUnchanged(Options.DataFolder);

        Assert.Equal((1, 1, 2L), (report.Messages, report.Groups, report.UnreadableRows));
        Assert.Contains(report.Problems, problem => problem.StartsWith("Message 5 cannot be read: its attributes", StringComparison.Ordinal));
        Assert.Contains(report.Problems, problem => problem.StartsWith("Row 1 of the groups cannot be read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_page_shows()
    {
        await FillAsync();
        await Store.DisposeAsync();
        using (var file = new FileStream(DatabasePath, FileMode.Open))
        {
            file.Position = 4096;
            file.Write(new byte[4096]);
        }

        var report = CheckUnchanged(Options.DataFolder);

        Assert.NotEqual("ok", report.Integrity);
        Assert.Contains(report.Problems, problem => problem.StartsWith("Not all of the messages can be read", StringComparison.Ordinal));
        Assert.Equal(2, report.Groups);

        Open();
        await Store.DisposeAsync();
        Assert.Contains(
            CheckUnchanged(Options.DataFolder).Problems, problem => problem.StartsWith("The table messages_damaged_1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Files_that_are_not_whole_are_reported()
    {
        await Store.DisposeAsync();
        await File.WriteAllBytesAsync(DatabasePath, [], Cancellation);
        Assert.Contains("is empty", Assert.Single(CheckUnchanged(Options.DataFolder).Problems), StringComparison.Ordinal);
        await File.WriteAllTextAsync(DatabasePath, new string('x', 10_000), Cancellation);
        Assert.Contains("cannot be opened", Assert.Single(CheckUnchanged(Options.DataFolder).Problems), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_in_use_or_without_a_database_is_refused()
    {
        Assert.Contains("in use by another process", Refusal(Options.DataFolder), StringComparison.Ordinal);
        await EnqueueAsync("the store goes on");

        using var empty = new TempFolder();
        Assert.Contains("holds no database", Refusal(empty.FullPath), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(empty.FullPath));
        Assert.Contains("There is no data folder", Refusal(empty.Combine("none")), StringComparison.Ordinal);
    }

    private static string Refusal(string folder) => Assert.Throws<DataFolderException>(() => DataFolderCheck.Run(folder)).Message;

    private static DataFolderReport CheckUnchanged(string folder)
    {
        var before = Contents(folder);
        var report = DataFolderCheck.Run(folder);
        Assert.Equal(before, Contents(folder));
        return report;
    }

    private static List<(string, string)> Contents(string folder) =>
    [
        .. Directory.GetFiles(folder).Order(StringComparer.Ordinal)
            .Select(file => (file, Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file))))),
    ];

    // Three dead letters, two messages, two groups and a series.
    private async Task FillAsync()
    {
        await EnqueueAsync("a", "b", "c");
        var reasons = new Queue<string>([RejectCode.JsonInvalid, RejectCode.JsonInvalid, RejectCode.SinkRejected]);
        await Store.Queue.DeadLetterAsync(
            [.. (await ReceiveAsync()).Select(message => new DeadLetter(message, new PushError(reasons.Dequeue(), "no")))], Cancellation);
        await EnqueueAsync("d");
        Time.Advance(TimeSpan.FromSeconds(1));
        await EnqueueAsync("e");
        await Store.Groups.ApplyAsync(
            [TestGroup.Push("job/a", 1), TestGroup.Push("job/b", 2), TestGroup.Push("job/c", 3, operation: PushOperation.Delete), TestGroup.Push(null, 4)],
            new GroupEffects { TellsSink = false },
            Cancellation);
    }
}
