using FsCheck.Xunit;
using PushGateway.Model;
using Xunit;

namespace PushGateway.Core.Tests;

public sealed class LabelSorterTests
{
    private const int MostNames = 80;

    [Property(MaxTest = 500)]
    public void Labels_are_sorted_by_the_bytes_of_their_names_whatever_was_sorted_before(int seed)
    {
        var random = new Random(seed);
        var sorter = new LabelSorter();
        var symbols = new SymbolTable();
        Label[] before = [];
        for (var i = 0; i < 20; i++)
        {
            if (random.Next(10) == 0)
            {
                symbols.Clear();
                sorter.Forget();
                before = [];
            }

            before = random.Next(3) == 0 || before.Length == 0 ? RandomLabels(random, symbols) : before;
            Label[] labels = [.. before.Select(label => label with { Value = random.Next(1000) })];
            var expected = labels.OrderBy(label => symbols.GetString(label.Name), StringComparer.Ordinal).ToArray();

            sorter.Sort(labels, symbols);

            Assert.Equal(expected, labels);
        }
    }

    private static Label[] RandomLabels(Random random, SymbolTable symbols)
    {
        var names = Enumerable.Range(0, MostNames).Select(i => $"{(i % 3 == 0 ? "A" : "a")}{i}").ToArray();
        random.Shuffle(names);
        var count = random.Next(8) == 0 ? random.Next(MostNames) : random.Next(6);
        return [.. names.Take(count).Select(name => new Label(symbols.Intern(name), 0))];
    }
}
