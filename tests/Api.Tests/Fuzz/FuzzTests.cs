using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using PushGateway.Embedded;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Fuzz;

/// <summary>
/// Random mutations of valid pushes: none crashes or hangs the gateway or is answered with a 5xx, every refusal explains itself, and what
/// is accepted is deliverable. <c>eng/fuzz.sh</c> runs more of them; <c>PUSHGATEWAY_FUZZ_CASES</c> and <c>PUSHGATEWAY_FUZZ_SEED</c> say which.
/// </summary>
public sealed class FuzzTests(GatewayFactory gateway, ITestOutputHelper output) : IClassFixture<GatewayFactory>
{
    private const int DefaultCases = 30_000;
    private const int DefaultSeed = 20_240_229;

    // So that pushes share commits, as under load.
    private const int Concurrency = 8;

    // Starting the server is not for several threads at once.
    private readonly TestServer _server = gateway.Server;

    [Fact]
    public async Task Valid_pushes_are_accepted()
    {
        foreach (var body in Corpus.Json.Concat(Corpus.Text).Concat(Corpus.TimedText))
        {
            await AssertAcceptedAsync(new FuzzCase("POST", "/metrics", null, null, DeclaresLength: true, body));
            await AssertAcceptedAsync(new FuzzCase("POST", "/metrics", null, "gzip", DeclaresLength: false, Pushes.Gzip(body)));
        }

        foreach (var body in Corpus.GroupRecords)
        {
            await AssertAcceptedAsync(new FuzzCase("PUT", Corpus.GroupsTarget, null, null, DeclaresLength: true, body));
        }

        foreach (var target in Corpus.Targets)
        {
            foreach (var body in Corpus.Text)
            {
                await AssertAcceptedAsync(new FuzzCase("PUT", target, "text/plain", null, DeclaresLength: true, body));
            }
        }
    }

    [Fact]
    public async Task Mutated_pushes_are_accepted_or_explained()
    {
        var cases = Setting("PUSHGATEWAY_FUZZ_CASES", DefaultCases);
        var seed = Setting("PUSHGATEWAY_FUZZ_SEED", DefaultSeed);
        var outcomes = new ConcurrentDictionary<string, int>();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, cases),
            new ParallelOptions { MaxDegreeOfParallelism = Concurrency, CancellationToken = TestContext.Current.CancellationToken },
            async (index, _) =>
            {
                var push = Mutator.Create(seed, index);
                try
                {
                    outcomes.AddOrUpdate(await SendAsync(push), 1, (_, count) => count + 1);
                }
                catch (Exception exception)
                {
                    throw new InvalidOperationException($"Seed {seed}, case {index}: {exception.Message} {push}", exception);
                }
            });

        output.WriteLine($"{cases} mutations of valid pushes, seed {seed}:");
        foreach (var (outcome, count) in outcomes.OrderByDescending(outcome => outcome.Value))
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,8} {outcome}"));
        }

        await AssertDeliveredAsync();
    }

    // What was accepted before the last push has been delivered once that is, and none of it to the dead-letter queue.
    private async Task AssertDeliveredAsync()
    {
        await AssertAcceptedAsync(new FuzzCase("PUT", "/metrics/job/last", null, null, DeclaresLength: true, "the_last_push 1\n"u8.ToArray()));
        using var client = gateway.Connect();
        await Poll.UntilAsync(
            async cancellationToken => await client.GetStringAsync(new Uri("/metrics", UriKind.Relative), cancellationToken),
            metrics => metrics.Contains("the_last_push{", StringComparison.Ordinal),
            "the last push to appear",
            cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(gateway.Services.GetRequiredService<EmbeddedStore>().Queue.ReadDeadLetters(max: 10));
        using var ready = await client.SendAsync("GET", "/-/ready");
        Assert.True(ready.IsSuccessStatusCode);
    }

    private async Task AssertAcceptedAsync(FuzzCase push) => Assert.Equal("202", await SendAsync(push));

    /// <summary>Sends a push, asserts what is true of every answer, and returns the status, with the code where there is one.</summary>
    private async Task<string> SendAsync(FuzzCase push)
    {
        var context = await _server
            .SendAsync(http => Fill(http, push), TestContext.Current.CancellationToken)
            .WaitAsync(Poll.DefaultDeadline, TestContext.Current.CancellationToken);
        using var answer = new MemoryStream();
        await context.Response.Body.CopyToAsync(answer, TestContext.Current.CancellationToken)
            .WaitAsync(Poll.DefaultDeadline, TestContext.Current.CancellationToken);

        var status = context.Response.StatusCode;
        var body = answer.GetBuffer().AsMemory(0, (int)answer.Length);
        if (status == StatusCodes.Status202Accepted)
        {
            Assert.Equal(0, body.Length);
            return "202";
        }

        Assert.True(
            status is StatusCodes.Status400BadRequest or StatusCodes.Status413PayloadTooLarge or StatusCodes.Status415UnsupportedMediaType,
            $"answered {status}");
        if (push.IsAnsweredByProblems)
        {
            return $"{status} {Problem.Read(context.Response.ContentType, status, body).Code}";
        }

        Assert.Equal("text/plain; charset=utf-8", context.Response.ContentType);
        Assert.Equal(body.Length - 1, body.Span.IndexOf((byte)'\n'));
        Assert.True(body.Length > 1);
        return $"{status} in one line";
    }

    private static void Fill(HttpContext http, FuzzCase push)
    {
        http.Request.Method = push.Method;
        http.Request.Path = PathString.FromUriComponent(push.Target);
        http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = push.Target;
        http.Request.Body = new MemoryStream(push.Body);
        http.Request.ContentType = push.ContentType;
        http.Request.ContentLength = push.DeclaresLength ? push.Body.Length : null;
        if (push.ContentEncoding is { } encoding)
        {
            http.Request.Headers.ContentEncoding = encoding;
        }
    }

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? int.Parse(value, CultureInfo.InvariantCulture) : otherwise;
}
