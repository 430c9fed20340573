using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace PushGateway.Bench;

internal sealed class InputNameColumn() : InputColumn("Input", "What one operation is given")
{
    public override ColumnCategory Category => ColumnCategory.Params;

    public override bool IsNumeric => false;

    private protected override string GetValue(Summary summary, BenchmarkCase benchmarkCase, Input input) => input.ToString();
}
