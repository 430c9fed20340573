using PushGateway.Model;

namespace PushGateway.Core.Tests.Groups;

/// <summary>A series of a <see cref="TestPush"/>. The histogram of a sample is a number of the test's own.</summary>
internal sealed record TestSeries(string Family, MetricType Type, string Help, string Name, string Label, Sample[] Samples)
{
    public string Identity => $"{Name}{{l=\"{Label}\"}}";
}
