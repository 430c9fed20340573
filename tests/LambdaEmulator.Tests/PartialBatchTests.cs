using System.Text;
using Xunit;

namespace PushGateway.LambdaEmulator.Tests;

/// <summary>
/// Each clause of "Success and failure conditions" in https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html.
/// </summary>
public class PartialBatchTests
{
    static readonly HashSet<string> Batch = ["id1", "id2", "id3"];

    [Theory]
    [InlineData("""{"batchItemFailures":[]}""")]
    [InlineData("""{"batchItemFailures":null}""")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("")]
    public void An_empty_or_null_list_or_response_means_that_all_succeeded(string answer) => Assert.Empty(Read(answer)!);

    [Theory]
    [InlineData("no JSON")]
    [InlineData("""{"batchItemFailures":[""")]
    [InlineData("\"text\"")]
    [InlineData("[]")]
    [InlineData("""{"batchItemFailures":{}}""")]
    [InlineData("""{"batchItemFailures":["id1"]}""")]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":""}]}""")]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":null}]}""")]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":1}]}""")]
    [InlineData("""{"batchItemFailures":[{"badKey":"id1"}]}""")]
    [InlineData("""{"batchItemFailures":[{}]}""")]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":"id4"}]}""")]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":"id1"},{"itemIdentifier":""}]}""")]
    public void Anything_that_is_not_of_the_format_means_that_all_failed(string answer) => Assert.Null(Read(answer));

    [Theory]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":"id2"}]}""", "id2")]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":"id3"},{"itemIdentifier":"id1"}]}""", "id1 id3")]
    [InlineData("""{"batchItemFailures":[{"itemIdentifier":"id1"},{"itemIdentifier":"id1"}]}""", "id1")]
    [InlineData("""{"other":1,"batchItemFailures":[{"itemIdentifier":"id2","reason":"x"}]}""", "id2")]
    public void Listed_ids_failed(string answer, string failed) =>
        Assert.Equal(failed, string.Join(' ', Read(answer)!.Order(StringComparer.Ordinal)));

    static IReadOnlySet<string>? Read(string answer) => PartialBatch.Failures(Encoding.UTF8.GetBytes(answer), Batch);
}
