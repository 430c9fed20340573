using System.Globalization;
using System.Text;
using PushGateway.Embedded;
using PushGateway.Queue;

// Enqueues "<caller>:<number>" from several callers until it is killed, and notes each in a file once it is acknowledged.
// Arguments: data folder, NORMAL or FULL, file.
const int callers = 4;
const int refused = 3;

EmbeddedStore store;
try
{
    var synchronous = Enum.Parse<SynchronousMode>(args[1], ignoreCase: true);
    store = EmbeddedStore.Open(new EmbeddedOptions { DataFolder = args[0], Synchronous = synchronous }, TimeProvider.System);
}
catch (DataFolderException e)
{
    Console.WriteLine(e.Message);
    return refused;
}

await using (store)
{
    using var acknowledged = TextWriter.Synchronized(new StreamWriter(args[2], append: true) { AutoFlush = true });
    await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(() => EnqueueAsync(caller, acknowledged))));
}

return 0;

async Task EnqueueAsync(int caller, TextWriter acknowledged)
{
    for (var number = 0; ; number++)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{caller}:{number}");
        var message = new QueueMessage(Encoding.UTF8.GetBytes(text), new Dictionary<string, string>());
        await store.Queue.EnqueueAsync([message], CancellationToken.None);

        // The full stop tells a whole line from one that the kill cut off.
        acknowledged.WriteLine(text + ".");
    }
}
