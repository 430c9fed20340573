using System.Globalization;
using System.Text;
using PushGateway.Queue;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Embedded.Tests;

public sealed class KillTests
{
    private const int Kills = 10;
    private const string Last = "last";
    private const int Seed = 20260102;

    [Theory]
    [InlineData(SynchronousMode.Normal)]
    [InlineData(SynchronousMode.Full)]
    public async Task Every_acknowledged_message_is_found_after_the_process_was_killed(SynchronousMode synchronous)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var random = new Random(Seed);
        for (var kill = 0; kill < Kills; kill++)
        {
            using var folder = new TempFolder();
            var data = folder.Combine("data");
            var file = folder.Combine("acknowledged");
            var enough = random.Next(1, 5_000);
            await using (var child = await ChildProcess.StartAsync(Child.Start(data, synchronous, file)))
            {
                await child.WaitUntilReadyAsync(_ => Task.FromResult(new FileInfo(file).Length >= enough), cancellationToken: cancellation);
                await child.KillAsync();
            }

            var found = await ReceiveAllAsync(data, cancellation);
            var acknowledged = (await File.ReadAllLinesAsync(file, cancellation)).Where(line => line.EndsWith('.')).Select(line => line[..^1]).ToList();

            Assert.NotEmpty(acknowledged);
            Assert.Empty(acknowledged.Except(found));
            Assert.Equal(found.Count, found.Distinct().Count());
            foreach (var caller in found.GroupBy(text => text[..1]))
            {
                Assert.Equal(Enumerable.Range(0, caller.Count()), caller.Select(text => int.Parse(text.AsSpan(2), CultureInfo.InvariantCulture)));
            }
        }
    }

    private static async Task<List<string>> ReceiveAllAsync(string data, CancellationToken cancellation)
    {
        await using var store = EmbeddedStore.Open(new EmbeddedOptions { DataFolder = data }, TimeProvider.System);
        await store.Queue.EnqueueAsync([new QueueMessage(Encoding.UTF8.GetBytes(Last), new Dictionary<string, string>())], cancellation);
        var found = new List<string>();
        while (true)
        {
            foreach (var message in await store.Queue.PeekAsync(1000, cancellation))
            {
                var text = Encoding.UTF8.GetString(message.Message.Body.Span);
                if (text == Last)
                {
                    return found;
                }

                found.Add(text);
            }
        }
    }
}
