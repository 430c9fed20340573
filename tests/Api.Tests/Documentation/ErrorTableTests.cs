using System.Globalization;
using PushGateway.Api.Push;
using PushGateway.Push;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Documentation;

/// <summary><c>docs/errors.md</c> names every code once, with the status that the code has.</summary>
public sealed class ErrorTableTests
{
    private static readonly string[] QueueOnly =
    [
        RejectCode.MessageUnsupported, RejectCode.MessageInvalid, RejectCode.PushIncomplete, RejectCode.StorageDamaged, RejectCode.InternalError,
        RejectCode.SinkRejected,
    ];

    [Fact]
    public void Every_code_has_a_row() => Assert.Equal(RejectCodes.All.Order(), Rows().Select(row => row.Code).Order());

    [Fact]
    public void Every_row_has_the_right_status_a_meaning_and_a_remedy()
    {
        foreach (var (code, status, meaning, remedy) in Rows())
        {
            var expected = PushRefusal.Of(new PushError(code, "")).StatusCode.ToString(CultureInfo.InvariantCulture);
            Assert.Equal((code, QueueOnly.Contains(code) ? "-" : expected), (code, status));
            Assert.EndsWith(".", meaning, StringComparison.Ordinal);
            Assert.EndsWith(".", remedy, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<(string Code, string Status, string Meaning, string Remedy)> Rows() =>
        from line in File.ReadLines(RepositoryRoot.Combine("docs", "errors.md"))
        where line.StartsWith("| `", StringComparison.Ordinal)
        let cells = line.Trim('|').Split('|', StringSplitOptions.TrimEntries)
        select (cells[0].Trim('`'), cells[1], cells[2], cells[3]);
}
