using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace PushGateway.Bench;

/// <summary>A column that is calculated from a benchmark's <see cref="Input"/>.</summary>
/// <param name="name">Its name.</param>
/// <param name="legend">Its meaning.</param>
public abstract class InputColumn(string name, string legend) : IColumn
{
    public string Id => name;

    public string ColumnName => name;

    public string Legend => legend;

    public bool AlwaysShow => true;

    public virtual ColumnCategory Category => ColumnCategory.Custom;

    public int PriorityInCategory => 0;

    public virtual bool IsNumeric => true;

    public UnitType UnitType => UnitType.Dimensionless;

    public bool IsAvailable(Summary summary) => true;

    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase)
    {
        ArgumentNullException.ThrowIfNull(summary);
        ArgumentNullException.ThrowIfNull(benchmarkCase);
        var input = benchmarkCase.Parameters.Items.Select(parameter => parameter.Value).OfType<Input>().Single();
        return GetValue(summary, benchmarkCase, input) ?? "-";
    }

    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style) => GetValue(summary, benchmarkCase);

    private protected abstract string? GetValue(Summary summary, BenchmarkCase benchmarkCase, Input input);

    private protected static double? NanosecondsOf(Summary summary, BenchmarkCase benchmarkCase) => summary[benchmarkCase]?.ResultStatistics?.Median;
}
