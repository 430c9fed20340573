using System.Text;
using PushGateway.Model;
using PushGateway.Push;
using PushGateway.Wire;

namespace PushGateway.Exposition;

/// <summary>The push time of a group to which no such push was made, as a family and series of its own.</summary>
internal static class NeverPushed
{
    /// <summary>Shows it to a visitor that makes no difference between it and others.</summary>
    public static void Show(IHeldVisitor visitor, GroupingKey group, ReadOnlySpan<byte> name, long heardAtNs)
    {
        if (visitor.BeginFamily(new HeldFamily(MetricType.Gauge, name, PushTimes.HelpOf(name), default, heardAtNs)))
        {
            visitor.Visit(KeyOf(group, name), new Sample(Sample.NoTimestamp, 0), default);
        }
    }

    private static ReadOnlySpan<byte> KeyOf(GroupingKey group, ReadOnlySpan<byte> name)
    {
        var key = new BlobWriter();
        key.WriteBytes(name);
        foreach (var label in group.Labels.Where(static label => label.Value.Length > 0).OrderBy(static label => label.Key, StringComparer.Ordinal))
        {
            key.WriteBytes(Encoding.UTF8.GetBytes(label.Key));
            key.WriteBytes(Encoding.UTF8.GetBytes(label.Value));
        }

        return key.Written;
    }
}
