using System.Reflection;
using PushGateway.Push;
using PushGateway.Queue;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Documentation;

/// <summary><c>docs/queue.md</c> has every attribute of a message, and every operation with what it has to name.</summary>
public sealed class QueueMessageTableTests
{
    private static readonly MarkdownPage Page = MarkdownPage.Read("docs/queue.md");

    /// <summary>What a message may name, by the words of the page.</summary>
    private static readonly Dictionary<string, string[]> Named = new()
    {
        ["no group"] = ["nothing"],
        ["a group"] = ["a group"],
        ["a group or a selector"] = ["a group", "a selector"],
    };

    [Fact]
    public void Every_attribute_has_a_row() => Documented.Equal(
        "docs/queue.md, attributes",
        typeof(MessageAttribute).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!),
        Page.TableOf("attribute").Rows.SelectMany(row => MarkdownTable.Code(row[0])));

    [Fact]
    public void Every_operation_has_a_row_that_says_what_it_names()
    {
        var documented = Page.TableOf("operation").Rows.Select(row => (Name: row[0].Trim('`'), Names: row[1])).ToList();
        foreach (var (name, names) in documented)
        {
            Documented.Equal($"docs/queue.md, what {name} names", Named.Values.SelectMany(all => all).Distinct().Where(named => OperationOf(name, named) is not null), Named[names]);
        }

        Documented.Equal(
            "docs/queue.md, operations",
            Enum.GetNames<PushOperation>(),
            documented.Select(row => OperationOf(row.Name, Named[row.Names][0])?.ToString() ?? row.Name));
    }

    [Fact]
    public void The_defaults_are_the_documented_ones()
    {
        Assert.Contains("Without it, `merge` if there is a group, and otherwise `append`", Page.ToString(), StringComparison.Ordinal);
        Assert.Equal(PushOperation.Merge, OperationOf(null, "a group"));
        Assert.Equal(PushOperation.Append, OperationOf(null, "nothing"));
    }

    private static PushOperation? OperationOf(string? name, string named)
    {
        var attributes = new Dictionary<string, string> { [MessageAttribute.ContentType] = "text/plain" };
        if (name is not null)
        {
            attributes.Add(MessageAttribute.Operation, name);
        }

        if (named == "a group")
        {
            attributes.Add(MessageAttribute.Group, "job/a");
        }
        else if (named == "a selector")
        {
            attributes.Add(MessageAttribute.Selector, "{job=\"a\"}");
        }

        var message = new ReceivedMessage("1", new QueueMessage("a 1\n"u8.ToArray(), attributes), sentMs: 1_700_000_000_000);
        return PushMessageCodec.TryDecode(message, new(), PushLimits.Default, out var header, out _) ? header.Operation : null;
    }
}
