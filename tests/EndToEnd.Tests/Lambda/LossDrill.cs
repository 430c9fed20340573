using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Amazon.SQS.Model;
using PushGateway.LambdaEmulator;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests.Lambda;

/// <summary>
/// Sends messages along the path while functions crash and hang, AMP is busy, broken or gone, and messages come twice; then looks for
/// every one of them.
/// </summary>
sealed class LossDrill
{
    const int Clients = 6;

    /// <summary>At a time: most of them wait for something that hangs.</summary>
    const int Batches = 8;

    /// <summary>Pushes between two crashes or hangs of Api, on average.</summary>
    const int ApiRarity = 30;

    /// <summary>Requests to AMP between two crashes or hangs of Worker, on average.</summary>
    const int WorkerRarity = 12;

    /// <summary>So that what hangs is soon over.</summary>
    static readonly TimeSpan ApiTimeout = TimeSpan.FromSeconds(8);

    /// <summary>What a Worker that crashes or hangs has received comes back after six times as long.</summary>
    static readonly TimeSpan WorkerTimeout = TimeSpan.FromSeconds(4);

    /// <summary>For each message, on top of <see cref="Deadlines.Delivery"/>.</summary>
    static readonly TimeSpan DeliveryAllowance = TimeSpan.FromMilliseconds(200);

    static readonly (int Weight, AmpAnswer Answer)[] Answers =
    [
        (12, AmpAnswer.Accept),
        (2, AmpAnswer.Throttle()),
        (1, AmpAnswer.Throttle(TimeSpan.FromSeconds(1))),
        (2, AmpAnswer.InternalError),
        (1, AmpAnswer.Unavailable),
        (2, AmpAnswer.Cut),
        (2, AmpAnswer.AcceptAndCut),
        (1, AmpAnswer.Hang),
    ];

    readonly WorkerTarget _target;
    readonly int _count;
    readonly int _seed;
    readonly Random _answers;
    readonly Saboteur _atApi;
    readonly Saboteur _atWorker;
    readonly ConcurrentDictionary<string, DrillMessage> _sent = new();
    readonly ConcurrentDictionary<int, int> _statuses = new();
    readonly Stopwatch _clock = Stopwatch.StartNew();
    AwsPath _path = null!;

    LossDrill(WorkerTarget target, int count, int seed)
    {
        _target = target;
        _count = count;
        _seed = seed;
        _answers = new Random(seed);
        _atApi = new Saboteur(seed + 1, ApiRarity);
        _atWorker = new Saboteur(seed + 2, WorkerRarity);
    }

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Runs it and writes the count. Fails the test when a message is lost, doubled, or not explained.</summary>
    /// <param name="target">How Worker delivers.</param>
    /// <param name="count">How many messages.</param>
    /// <param name="seed">What goes wrong when follows from this, as far as the machine's timing lets it.</param>
    /// <param name="output">Gets the count.</param>
    internal static async Task RunAsync(WorkerTarget target, int count, int seed, ITestOutputHelper output)
    {
        var drill = new LossDrill(target, count, seed);
        await using var path = await AwsPath.StartAsync(drill.Options(), Cancellation);
        drill._path = path;
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = path.FunctionUrl.Address };
        await drill.SendAllAsync(client);
        await drill.WaitForEmptyQueueAsync();
        await drill.CheckAsync(output);
    }

    AwsPathOptions Options() => LambdaPath.Options(_target) with
    {
        ApiTimeout = ApiTimeout,
        WorkerTimeout = WorkerTimeout,
        Schedule = new AmpSchedule(NextAnswer),
        Fault = sample => DrillMessage.FaultOf(sample.Series),
        EventSource = new SqsEventSourceOptions { BatchSize = 10, MaximumConcurrency = Batches, ReportBatchItemFailures = true },
    };

    AmpAnswer NextAnswer()
    {
        _atWorker.Step(_path.Worker);
        var draw = _answers.Next(Answers.Sum(entry => entry.Weight));
        return Answers.First(entry => (draw -= entry.Weight) < 0).Answer;
    }

    Task SendAllAsync(HttpClient client) => Parallel.ForEachAsync(
        Enumerable.Range(0, _count),
        new ParallelOptions { MaxDegreeOfParallelism = Clients, CancellationToken = Cancellation },
        async (number, _) =>
        {
            var message = new DrillMessage(number, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
            _sent[message.Id] = message;
            for (var times = message.IsTwice ? 2 : 1; times > 0; times--)
                await SendAsync(client, message);
        });

    async Task SendAsync(HttpClient client, DrillMessage message)
    {
        if (message.IsPushed)
        {
            await Poll.UntilAsync(
                token => PushAsync(client, message, token),
                status => status == 202,
                $"{message.Id} to be taken",
                Deadlines.Delivery,
                Cancellation);
        }
        else
        {
            await _path.Queue.SendAsync(message.Json, cancellationToken: Cancellation);
        }
    }

    async Task<int> PushAsync(HttpClient client, DrillMessage message, CancellationToken cancellationToken)
    {
        using var request = Request(message);
        var answering = client.SendAsync(request, cancellationToken);
        _atApi.Step(_path.Api);
        using var answer = await answering;
        var status = (int)answer.StatusCode;
        _statuses.AddOrUpdate(status, 1, (_, count) => count + 1);
        return status;
    }

    static HttpRequestMessage Request(DrillMessage message) => new(HttpMethod.Post, "metrics")
    {
        Content = message.Number % 3 == 0
            ? new StringContent(message.Text)
            : new StringContent(message.Json, new MediaTypeHeaderValue("application/json")),
    };

    async Task WaitForEmptyQueueAsync() => await Poll.UntilAsync(
        async token => (await _path.Queue.CountAsync(token)).Total,
        total => total == 0,
        "an empty queue",
        Deadlines.Delivery + (DeliveryAllowance * _count),
        Cancellation);

    async Task CheckAsync(ITestOutputHelper output)
    {
        var stored = await CheckStoredAsync();
        var reasons = await CheckLettersAsync();
        output.WriteLine(Describe(stored, reasons));

        // Each is in one of the places, and in the right one.
        Assert.Equal(Ids(message => message.Refusal is null), stored.Order(StringComparer.Ordinal));
        Assert.Equal(Ids(message => message.Refusal is not null), reasons.Keys.Order(StringComparer.Ordinal));
        CheckFaultsHappened();
    }

    async Task<IReadOnlyCollection<string>> CheckStoredAsync()
    {
        var series = await _path.Prometheus.QueryRangeRawAsync(
            DrillMessage.Metric, _clock.Elapsed + TimeSpan.FromMinutes(5), cancellationToken: Cancellation);
        foreach (var one in series)
        {
            var message = _sent[one["id"]];
            Assert.Equal(2, one.Labels.Count);
            Assert.Equal(new Sample(message.Milliseconds, message.Value), Assert.Single(one.Samples));
        }

        return [.. series.Select(one => one["id"])];
    }

    // A message that was sent or received twice may have two letters.
    async Task<IReadOnlyDictionary<string, string>> CheckLettersAsync()
    {
        var reasons = new Dictionary<string, string>();
        foreach (var letter in await _path.DeadLetters.DrainAsync(Cancellation))
        {
            var message = _sent[IdOf(letter)];
            var reason = letter.MessageAttributes["Dead-Letter-Reason"].StringValue;
            Assert.StartsWith($"{message.Refusal}: ", reason, StringComparison.Ordinal);
            if (message.IsRefusedByTarget)
                Assert.Contains(message.Id, reason, StringComparison.Ordinal);
            reasons[message.Id] = message.Refusal!;
        }

        return reasons;
    }

    // What Api sends is a protobuf, in which labels stand as they are, in base64.
    static string IdOf(Message letter)
    {
        var bytes = new byte[letter.Body.Length];
        var text = Convert.TryFromBase64String(letter.Body, bytes, out var length)
            ? Encoding.Latin1.GetString(bytes, 0, length)
            : letter.Body;
        return DrillMessage.FindId(text) ?? throw new InvalidOperationException($"A dead letter that was not sent: {letter.Body}");
    }

    IEnumerable<string> Ids(Func<DrillMessage, bool> condition) =>
        _sent.Values.Where(condition).Select(message => message.Id).Order(StringComparer.Ordinal);

    // A drill in which nothing goes wrong shows nothing.
    void CheckFaultsHappened()
    {
        Assert.Subset(new HashSet<int> { 202, 429, 502, 503, 504 }, _statuses.Keys.ToHashSet());
        Assert.True(_path.EventSource.FailedBatches > 0, "No batch failed.");
        foreach (var saboteur in new[] { _atApi, _atWorker })
            Assert.True(saboteur.Crashes + saboteur.Hangs > 0, "A function neither crashed nor hung.");
        Assert.Superset(new HashSet<int> { 0, 200, 400, 429, 500, 503 }, _path.Amp!.Statuses.ToHashSet());
    }

    string Describe(IReadOnlyCollection<string> stored, IReadOnlyDictionary<string, string> reasons)
    {
        var twice = _sent.Values.Count(message => message.IsTwice);
        var codes = string.Join(", ", reasons.Values.CountBy(code => code).Select(code => $"{code.Value} {code.Key}"));
        var lost = _sent.Keys.Except(stored).Except(reasons.Keys).Count();
        var source = _path.EventSource;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            {_target}, seed {_seed}: {_count} messages, {twice} of them sent twice: {stored.Count} found in Prometheus, each once;
              {reasons.Count} in the dead-letter queue, each with its reason ({codes}); {lost} lost.
              Api: {_atApi.Crashes} crashes, {_atApi.Hangs} hangs, {Counted(_statuses)}.
              Worker: {_atWorker.Crashes} crashes, {_atWorker.Hangs} hangs, {source.FailedBatches} of {source.Batches} batches failed.
              AMP: {Counted(_path.Amp!.Statuses.CountBy(status => status))}; 0 is a hang or a cut connection.
            """);
    }

    static string Counted(IEnumerable<KeyValuePair<int, int>> statuses) =>
        string.Join(", ", statuses.OrderBy(status => status.Key).Select(status => $"{status.Value} answers {status.Key}"));
}
