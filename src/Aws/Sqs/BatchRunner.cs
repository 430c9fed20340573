namespace PushGateway.Aws.Sqs;

/// <summary>
/// Makes batch calls to SQS. Every chunk is tried, whatever happens to the others. Entries that failed through no fault of ours are tried
/// again.
/// </summary>
internal sealed class BatchRunner(TimeProvider time)
{
    /// <summary>Most entries of a batch call (SQS quota).</summary>
    public const int MaxEntries = 10;

    /// <summary>
    /// Most calls at the same time. A thousand messages are completed in a dozen round trips, without a socket for each call.
    /// </summary>
    public const int Parallelism = 8;

    /// <summary>How often an entry is tried. The SDK retries whole calls, but not single entries.</summary>
    private const int Attempts = 3;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private static readonly string[] Ids = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

    /// <summary>The id of an entry: its index in the chunk.</summary>
    public static string IdOf(int index) => Ids[index];

    /// <summary>Cuts items whose size does not matter into chunks of ten.</summary>
    public static IReadOnlyList<IReadOnlyList<T>> Chunk<T>(IEnumerable<T> items) => [.. items.Chunk(MaxEntries)];

    /// <summary>Runs <paramref name="call"/> on every chunk and returns the items that failed for good.</summary>
    public async Task<IReadOnlyList<BatchFailure<T>>> RunAsync<T>(
        IReadOnlyList<IReadOnlyList<T>> chunks,
        Func<IReadOnlyList<T>, CancellationToken, Task<BatchAnswer>> call,
        int parallelism,
        CancellationToken cancellationToken)
    {
        if (chunks.Count == 1)
        {
            return await RunChunkAsync(chunks[0], call, cancellationToken);
        }

        var failures = new List<BatchFailure<T>>();
        await Parallel.ForEachAsync(
            chunks,
            new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken },
            async (chunk, _) =>
            {
                var failed = await RunChunkAsync(chunk, call, cancellationToken);
                lock (failures)
                {
                    failures.AddRange(failed);
                }
            });
        return failures;
    }

    private async Task<List<BatchFailure<T>>> RunChunkAsync<T>(
        IReadOnlyList<T> chunk,
        Func<IReadOnlyList<T>, CancellationToken, Task<BatchAnswer>> call,
        CancellationToken cancellationToken)
    {
        var failures = new List<BatchFailure<T>>();
        var pause = FirstPause;
        for (var attempt = 1; ; attempt++, pause *= 2)
        {
            BatchAnswer answer;
            try
            {
                answer = await call(chunk, cancellationToken);
            }
            catch (Exception e) when (SqsFailure.IsFailure(e, cancellationToken))
            {
                failures.AddRange(chunk.Select(item => new BatchFailure<T>(item, null, e)));
                return failures;
            }

            // An entry counts as failed until the answer says that it was processed.
            var failed = chunk.Select(item => new BatchFailure<T>(item, null, answer.Cause)).ToArray();
            foreach (var error in answer.Failed ?? [])
            {
                if (IndexOf(error.Id, failed.Length) is { } index)
                {
                    failed[index] = failed[index] with { Error = error };
                }
            }

            var done = (answer.Done ?? []).Select(id => IndexOf(id, failed.Length)).ToHashSet();
            var left = failed.Where((_, index) => !done.Contains(index))
                .ToLookup(failure => attempt < Attempts && failure is { Cause: null, Error: not { SenderFault: true } });
            failures.AddRange(left[false]);
            chunk = [.. left[true].Select(failure => failure.Item)];
            if (chunk.Count == 0)
            {
                return failures;
            }

            await Task.Delay(pause, time, cancellationToken);
        }
    }

    private static int? IndexOf(string? id, int count) => Array.IndexOf(Ids, id, 0, count) is >= 0 and var index ? index : null;
}
