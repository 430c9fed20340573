using System.Globalization;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Infra.Tests;

/// <summary>Computes the tables of <c>docs/cost.md</c> from the prices, measurements and assumptions in it.</summary>
public sealed class CostTests
{
    private const double Million = 1e6;
    private const double Billion = 1e9;
    private const double ChunkBytes = 64 * 1024;
    private const double MaxEventBytes = 6 * 1024 * 1024;
    private const double MessagesPerCall = 10;

    private static readonly int[] Sizes = [10, 100, 1000];
    private static readonly string[] Lines = File.ReadAllLines(RepositoryRoot.Combine("docs", "cost.md"));

    [Fact]
    public void A_million_pushes_cost_what_the_table_says() => Assert.Equal(
        Sizes.Select(samples => Row(
            samples, Dollars(Api(samples)), Dollars(Sqs(samples)), Dollars(Worker(samples)), Dollars(Gateway(samples)), Dollars(Amp(samples * Million)))),
        RowsUnder("| samples a push | Api |"));

    [Fact]
    public void A_billion_samples_cost_what_the_table_says() => Assert.Equal(
        Sizes.Select(samples => Row(
            samples, Number(Billion / samples), Dollars(Gateway(samples) * Billion / samples / Million), Dollars(Amp(Billion)))),
        RowsUnder("| samples a push | pushes |"));

    [Fact]
    public void Memory_window_and_batch_are_the_construct_s()
    {
        var functions = Gateways.Get(Gateways.Default).All("AWS::Lambda::Function");
        Assert.Equal([512, 1024], functions.Select(function => (int)function["MemorySize"]!).Order());
        var source = Assert.Single(Gateways.Get(Gateways.Default).All("AWS::Lambda::EventSourceMapping"));
        Assert.Equal((1000, 5), ((int)source["BatchSize"]!, (int)source["MaximumBatchingWindowInSeconds"]!));
    }

    private static double Gateway(int samples) => Api(samples) + Sqs(samples) + Worker(samples);

    private static double Api(int samples)
    {
        var milliseconds = Value("milliseconds until SQS has a message") + Value("Api, milliseconds a push")
            + (samples * Value("Api, microseconds a sample") / 1000);
        return Value("Lambda, a million requests") + (Million * Time(milliseconds, gigabytes: 0.5));
    }

    private static double Sqs(int samples)
    {
        var bytes = QueueBytes(samples);
        var calls = Chunks(bytes) + (Chunks(bytes * MessagesPerCall) / MessagesPerCall) + (1 / MessagesPerCall);
        return calls * Value("SQS standard queue, a million requests of up to 64 KiB");
    }

    private static double Worker(int samples)
    {
        var pushes = Math.Min(Math.Min(1000, 5 * Value("pushes a second")), Math.Floor(MaxEventBytes / QueueBytes(samples)));
        var requests = Math.Ceiling(pushes * samples / Value("samples in a request to AMP"));
        var milliseconds = (pushes * samples * Value("Worker, microseconds a sample") / 1000) + (requests * Value("milliseconds until AMP has a request"));
        return (Value("Lambda, a million requests") + (Million * Time(milliseconds, gigabytes: 1))) / pushes;
    }

    private static double Amp(double samples) => samples / 1e7 * Value("AMP, 10 million samples of the first 2 billion in a month");

    private static double Time(double milliseconds, double gigabytes) =>
        Math.Ceiling(milliseconds) / 1000 * gigabytes * Value("Lambda on arm64, a GB-second");

    private static double Chunks(double bytes) => Math.Ceiling(bytes / ChunkBytes);

    private static double QueueBytes(int samples) => Value($"bytes of a push of {Number(samples)} samples on the queue");

    private static double Value(string name) => double.Parse(
        Assert.Single(Lines, line => line.StartsWith($"| {name} |", StringComparison.Ordinal)).Split('|')[2], NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

    private static IEnumerable<string> RowsUnder(string heading) =>
        Lines.SkipWhile(line => !line.StartsWith(heading, StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'));

    private static string Row(int samples, params string[] cells) => $"| {Number(samples)} | {string.Join(" | ", cells)} |";

    private static string Dollars(double value) => value.ToString("#,##0.00", CultureInfo.InvariantCulture);

    private static string Number(double value) => value.ToString("#,##0", CultureInfo.InvariantCulture);
}
