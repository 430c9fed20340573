using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using PushGateway.Queue;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Embedded.Tests;

/// <summary>A store on a folder of its own, under a clock that only the test moves.</summary>
public abstract class StoreFixture : IAsyncLifetime
{
    private static readonly Dictionary<string, string> NoAttributes = [];

    // Messages of a millisecond are handed out when it is over.
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    private readonly TempFolder _folder = new();

    protected StoreFixture()
    {
        Options = new EmbeddedOptions { DataFolder = _folder.Combine("data") };
        Store = null!;
    }

    /// <summary>A long wait here is a failure.</summary>
    protected static TimeSpan Deadline => TimeSpan.FromSeconds(60);

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected EmbeddedOptions Options { get; set; }

    protected FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    protected List<Exception> Failures { get; } = [];

    protected List<string> Damages { get; } = [];

    private protected EmbeddedStore Store { get; private set; }

    protected string DatabasePath => Path.Combine(Options.DataFolder, "pushgateway.db");

    public virtual ValueTask InitializeAsync()
    {
        Open();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static QueueMessage Message(string body) => new(Encoding.UTF8.GetBytes(body), NoAttributes);

    protected static string Text(ReceivedMessage message) => Encoding.UTF8.GetString(message.Message.Body.Span);

    protected static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    protected void Open() => Store = EmbeddedStore.Open(Options, Time, Failures.Add, Damages.Add);

    /// <summary>Ends the store as a clean shutdown does, and opens it again.</summary>
    protected async Task RestartAsync()
    {
        await Store.DisposeAsync();
        Open();
    }

    /// <summary>Ends the store and changes its file. The store is not opened again.</summary>
    protected async Task ChangeFileAsync(string sql)
    {
        await Store.DisposeAsync();
        Change(DatabasePath, sql);
    }

    /// <summary>Opens, in another folder, a changed copy of the files as they are now.</summary>
    private protected EmbeddedStore OpenCopy(string change)
    {
        var copy = CopyFiles();
        Change(Path.Combine(copy, "pushgateway.db"), change);
        return EmbeddedStore.Open(Options with { DataFolder = copy }, Time);
    }

    /// <summary>Opens, in another folder, the files as they are now: what a process leaves that is killed at this instant.</summary>
    private protected EmbeddedStore OpenAsIfKilled() => EmbeddedStore.Open(Options with { DataFolder = CopyFiles() }, Time);

    /// <summary>Copies the files as they are now into another folder, and returns its path.</summary>
    protected string CopyFiles()
    {
        var copy = _folder.Combine(Guid.NewGuid().ToString());
        Directory.CreateDirectory(copy);
        foreach (var file in (string[])[DatabasePath, DatabasePath + "-wal"])
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        return copy;
    }

    protected async Task<long> CountAsync(string table)
    {
        var count = new SqlRequest($"SELECT count(*) FROM {table}");
        await Store.Writer.WriteAsync(count);
        return count.Result;
    }

    /// <summary>Changes the file of a store that was ended.</summary>
    protected void Change(string sql) => Change(DatabasePath, sql);

    private static void Change(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using var statement = new Statement(connection, sql);
        statement.Run();
    }

    /// <summary>Stores a push of some messages, in a millisecond of its own.</summary>
    protected Task EnqueueAsync(params string[] bodies)
    {
        Time.Advance(Millisecond);
        return Store.Queue.EnqueueAsync([.. bodies.Select(Message)], Cancellation).AsTask().WaitAsync(Deadline, Cancellation);
    }

    private protected async Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(int maxMessages = 1000, EmbeddedStore? store = null)
    {
        var queue = (store ?? Store).Queue;
        var messages = await PeekAsync(maxMessages, queue);
        Assert.True(queue.TryReceivePeeked());
        return messages;
    }

    private protected Task<IReadOnlyList<ReceivedMessage>> PeekAsync(int maxMessages = 1000, EmbeddedPushQueue? queue = null)
    {
        Time.Advance(Millisecond);
        return AdvanceUntilAsync((queue ?? Store.Queue).PeekAsync(maxMessages, Cancellation).AsTask());
    }

    /// <summary>Lets the clock go on until a task has ended.</summary>
    protected async Task<T> AdvanceUntilAsync<T>(Task<T> task)
    {
        await Poll.UntilAsync(
            () =>
            {
                Time.Advance(Millisecond);
                return task.IsCompleted;
            },
            "the end of the task",
            Deadline,
            Cancellation);
        return await task;
    }

    /// <summary>Whether a receive would have to wait.</summary>
    private protected async Task<bool> IsEmptyAsync(EmbeddedStore? store = null)
    {
        Time.Advance(Millisecond);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var receive = (store ?? Store).Queue.PeekAsync(1, end.Token).AsTask();
        var empty = !receive.IsCompleted;
        await end.CancelAsync();
        if (empty)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receive);
        }

        return empty;
    }
}
