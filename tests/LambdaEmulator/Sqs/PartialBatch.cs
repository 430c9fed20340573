using System.Text.Json;

namespace PushGateway.LambdaEmulator;

/// <summary>
/// What a function's answer says about the messages of a batch, when the mapping reports batch item failures:
/// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html, "Success and failure conditions".
/// </summary>
static class PartialBatch
{
    /// <summary>The ids that failed; null when the whole batch did.</summary>
    /// <param name="answer">The function's response.</param>
    /// <param name="messageIds">The batch.</param>
    internal static IReadOnlySet<string>? Failures(ReadOnlyMemory<byte> answer, IReadOnlySet<string> messageIds)
    {
        // An empty response.
        if (answer.IsEmpty)
            return new HashSet<string>();
        try
        {
            using var document = JsonDocument.Parse(answer);
            return Failures(document.RootElement, messageIds);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    static HashSet<string>? Failures(JsonElement response, IReadOnlySet<string> messageIds)
    {
        // A null response, no list, a null list: nothing has failed.
        if (response.ValueKind == JsonValueKind.Null)
            return [];
        if (response.ValueKind != JsonValueKind.Object)
            return null;
        if (!response.TryGetProperty("batchItemFailures", out var failures) || failures.ValueKind == JsonValueKind.Null)
            return [];
        if (failures.ValueKind != JsonValueKind.Array)
            return null;

        var failed = new HashSet<string>();
        foreach (var failure in failures.EnumerateArray())
        {
            // A bad key name, a null or empty id, an id that is not of the batch.
            if (failure.ValueKind != JsonValueKind.Object
                || !failure.TryGetProperty("itemIdentifier", out var id)
                || id.ValueKind != JsonValueKind.String
                || !messageIds.Contains(id.GetString()!))
            {
                return null;
            }

            failed.Add(id.GetString()!);
        }

        return failed;
    }
}
