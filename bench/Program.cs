using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Order;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using Perfolizer.Horology;
using PushGateway.Bench;

// A short job: what matters is ratios, and on a shared machine they do not improve with more time.
var job = Job.Default
    .WithWarmupCount(3)
    .WithIterationCount(8)
    .WithIterationTime(TimeInterval.FromMilliseconds(250));
var config = ManualConfig.CreateEmpty()
    .AddJob(args.Any(arg => arg is "-j" or "--job") ? [] : [job])
    .AddLogger(ConsoleLogger.Default)
    .AddExporter(MarkdownExporter.GitHub)
    .AddColumnProvider(DefaultColumnProviders.Descriptor)
    .AddColumn(new InputNameColumn(), StatisticColumn.Median, StatisticColumn.Min)
    .AddColumn(new NanosecondsPerSampleColumn(), new MegabytesPerSecondColumn(), new QueueBytesColumn())
    .AddColumnProvider(DefaultColumnProviders.Metrics)
    .WithSummaryStyle(SummaryStyle.Default.WithTimeUnit(TimeUnit.Microsecond))
    .WithOrderer(new DefaultOrderer(SummaryOrderPolicy.Declared))
    .WithBuildTimeout(TimeSpan.FromMinutes(10))
    .WithOptions(ConfigOptions.JoinSummary);

BenchmarkSwitcher.FromAssembly(typeof(Inputs).Assembly).Run(args is [] ? ["--filter", "*"] : args, config);
