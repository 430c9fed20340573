using System.Globalization;
using PushGateway.Bench.ColdStart;

// cold-start <runs> <hello-host> <api bootstrap> <worker bootstrap>: prints a table of medians.
if (args is not [var runsText, var hello, var api, var worker] || !int.TryParse(runsText, CultureInfo.InvariantCulture, out var runs) || runs < 1)
{
    await Console.Error.WriteLineAsync("usage: cold-start <runs> <hello-host> <api bootstrap> <worker bootstrap>");
    return 2;
}

await using var cloud = await Cloud.StartAsync();
Function[] functions =
[
    new("hello-world host", hello, Events.Hello),
    new("Api", api, Events.PushOfTenSamples),
    new("Worker", worker, Events.BatchOfOneMessage),
];

// The functions take turns, so that a slow phase of the machine affects all of them.
var starts = functions.ToDictionary(function => function, _ => new List<Start>());
for (var run = 0; run <= runs; run++)
{
    foreach (var function in functions)
    {
        var start = await function.StartAsync(cloud);
        if (run > 0)
        {
            starts[function].Add(start);
        }
    }
}

Console.WriteLine("| function | process start to first `next`, ms | to first answer, ms | CPU to first answer, ms | peak RSS then, MB |");
Console.WriteLine("|---|---|---|---|---|");
foreach (var (function, taken) in starts)
{
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {function.Name} | {Median(taken, s => s.NextMs):0.0} | {Median(taken, s => s.AnswerMs):0.0} | {Median(taken, s => s.CpuMs):0} | {Median(taken, s => s.PeakMb):0.0} |"));
}

Console.WriteLine();
Console.WriteLine("| Api, warm | invocations | median, ms | peak RSS after, MB |");
Console.WriteLine("|---|---|---|---|");
foreach (var (name, body) in new[] { ("push of 10 samples", Events.PushOfTenSamples), ("push of 1 MB", Events.PushOfOneMegabyte) })
{
    var warm = await new Function("Api", api, body).RunWarmAsync(cloud, 1000);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | 1,000 | {warm.AnswerMs:0.00} | {warm.PeakMb:0.0} |"));
}

return 0;

static double Median(List<Start> starts, Func<Start, double> figure)
{
    var sorted = starts.Select(figure).Order().ToList();
    return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
}
