using System.Text.Json;

namespace PushGateway.LambdaEmulator;

/// <summary>
/// Reads from a function's answer which messages of a batch failed, when the mapping reports batch item failures:
/// https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html, "Success and failure conditions".
/// </summary>
static class PartialBatch
{
    /// <summary>The ids of the failed messages; null when the whole batch failed.</summary>
    /// <param name="answer">The function's response.</param>
    /// <param name="messageIds">The ids of the batch's messages.</param>
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
        // With a null response, a missing list or a null list, nothing has failed.
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
            // The whole batch fails for a wrong key name, a null or empty id, or an id that is not in the batch.
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
