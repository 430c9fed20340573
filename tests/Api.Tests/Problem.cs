using System.Text.Json;
using Xunit;

namespace PushGateway.Api.Tests;

/// <summary>Problem details as a client reads them: nothing of the gateway's own types.</summary>
internal sealed record Problem(int Status, string Code, string Detail, IReadOnlyList<ProblemError> Errors)
{
    // A detail may quote a name of the greatest length that is accepted, and a sentence besides.
    private const int LongestDetail = 1200;

    /// <summary>Reads a problem, asserting everything that is true of each.</summary>
    public static Problem Read(string? mediaType, int httpStatus, ReadOnlyMemory<byte> body)
    {
        Assert.Equal("application/problem+json", mediaType);
        using var document = JsonDocument.Parse(body);
        var root = document.RootElement;
        var problem = new Problem(
            root.GetProperty("status").GetInt32(),
            root.GetProperty("code").GetString()!,
            root.GetProperty("detail").GetString()!,
            [.. root.GetProperty("errors").EnumerateArray().Select(ReadError)]);
        Assert.Equal(httpStatus, problem.Status);
        Assert.Equal("urn:pushgateway:error:" + problem.Code, root.GetProperty("type").GetString());
        Assert.NotEmpty(root.GetProperty("title").GetString()!);
        Assert.NotEmpty(problem.Errors);
        Assert.Equal((problem.Code, problem.Detail), (problem.Errors[0].Code, problem.Errors[0].Detail));
        foreach (var error in problem.Errors)
        {
            Assert.Contains(error.Code, RejectCodes.All);
            Assert.InRange(error.Detail.Length, 1, LongestDetail);
        }

        return problem;
    }

    public static async Task<Problem> ReadAsync(HttpResponseMessage response) => Read(
        response.Content.Headers.ContentType?.MediaType,
        (int)response.StatusCode,
        await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));

    private static ProblemError ReadError(JsonElement error) => new(
        error.GetProperty("code").GetString()!,
        error.GetProperty("detail").GetString()!,
        error.TryGetProperty("pointer", out var pointer) ? pointer.GetString()! : null,
        error.TryGetProperty("line", out var line) ? line.GetInt32() : null);
}
