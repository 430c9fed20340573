using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>Whatever is sent, the gateway answers what is documented and goes on.</summary>
public sealed class BadInputTests(BareGateway servers) : IClassFixture<BareGateway>
{
    const int MaxBodyBytes = 6 * 1024 * 1024;
    const int MaxDecompressedBytes = 64 * 1024 * 1024;

    /// <summary>How many requests the storm sends.</summary>
    const string FuzzVariable = "PUSHGATEWAY_FUZZ_CASES";

    const int OrdinaryFuzzCases = 3000;
    const int FuzzClients = 8;
    const int FuzzSeed = 2026;

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Body, then code and pointer of each error in order; "now" in a body is the present in milliseconds.</summary>
    public static TheoryData<string, string[]> BadRecords => new()
    {
        { """{"dimensions":{"a":"b"},"metrics":{"m":1},"unit":"C"}""", ["unknown-key /unit"] },
        { """{"dimensions":{"a":"b"},"metrics":{"m":1},"metrics":{"m":1}}""", ["duplicate-key /metrics"] },
        { """{"metrics":{"m":1}}""", ["dimensions-missing "] },
        { """{"dimensions":{},"metrics":{"m":1}}""", ["dimensions-invalid /dimensions"] },
        { """{"dimensions":["a"],"metrics":{"m":1}}""", ["dimensions-invalid /dimensions"] },
        { """{"dimensions":{"a/b":1},"metrics":{"m":1}}""", ["dimension-not-string /dimensions/a~1b"] },
        { """{"dimensions":{"a":null},"metrics":{"m":1}}""", ["dimension-not-string /dimensions/a"] },
        { """{"dimensions":{"a":"b"}}""", ["metrics-missing "] },
        { """{"dimensions":{"a":"b"},"metrics":{}}""", ["metrics-invalid /metrics"] },
        { """{"dimensions":{"a":"b"},"metrics":{"m":"warm"}}""", ["metric-not-number /metrics/m"] },
        { """{"dimensions":{"a":"b"},"metrics":{"m":true}}""", ["metric-not-number /metrics/m"] },
        { """{"dimensions":{"a":"b"},"metrics":{"m":1e999}}""", ["metric-out-of-range /metrics/m"] },
        { """{"dimensions":{"a":"b"},"metrics":{"":1}}""", ["name-empty /metrics/"] },
        { """{"dimensions":{"__name__":"b"},"metrics":{"m":1}}""", ["name-reserved /dimensions/__name__"] },
        { """{"dimensions":{"a.b":"c","a-b":"d"},"metrics":{"m":1}}""", ["name-collision /dimensions/a-b"] },
        { """{"dimensions":{"a":"b"},"metrics":{"m.n":1,"m-n":2}}""", ["name-collision /metrics/m-n"] },
        { """{"dimensions":{"a":"\ud800"},"metrics":{"m":1}}""", ["string-invalid /dimensions/a"] },
        { """{"dimensions":{"a":"b"},"metrics":{"m":1},"timestamp":"now"}""", ["timestamp-invalid /timestamp"] },
        { """{"dimensions":{"a":"b"},"metrics":{"m":1},"timestamp":1.5}""", ["timestamp-invalid /timestamp"] },
        { """{"dimensions":{"a":"b"},"metrics":{"m":1},"timestamp":now+60000}""", ["timestamp-in-future /timestamp"] },
        { """{"dimensions":{"a":"b"},"metrics":{"m":1},"timestamp":now-86460000}""", ["timestamp-too-old /timestamp"] },
        { """[{"dimensions":{"a":"b"},"metrics":{"m":1}},{"dimensions":{"a":"b"},"metrics":{"m":[]}}]""", ["metric-not-number /1/metrics/m"] },
        { "{\"dimensions\":{\"a\":\"b\"},\"metrics\":{\"m\":1}}\n[]\n", ["record-not-object /1"] },
        { "[7]", ["record-not-object /0"] },
        { "[]", ["empty "] },
        { """{"dimensions":{"a":1,"b":2},"metrics":{"m":"x"},"timestamp":0,"extra":1}""", [
            "dimension-not-string /dimensions/a", "dimension-not-string /dimensions/b", "metric-not-number /metrics/m",
            "timestamp-too-old /timestamp", "unknown-key /extra"] },
    };

    [Theory]
    [MemberData(nameof(BadRecords))]
    public async Task A_bad_record_is_answered_with_every_error_code_and_pointer(string body, string[] errors)
    {
        ArgumentNullException.ThrowIfNull(body);
        await servers.StartAsync();
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        body = body
            .Replace("now+60000", (now + 60_000).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("now-86460000", (now - 86_460_000).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        var found = await ReadProblemAsync(await PostAsync("metrics", Encoding.UTF8.GetBytes(body)), 400);
        Assert.Equal(errors.Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("{\"dimensions\":", "json-invalid")]
    [InlineData("{\"dimensions\":{\"a\":\"b\"},\"metrics\":{\"m\":01}}", "json-invalid")]
    [InlineData("", "empty")]
    [InlineData("# only a comment\n", "empty")]
    public async Task A_body_without_records_is_answered_with_its_code(string body, string code)
    {
        await servers.StartAsync();
        var found = await ReadProblemAsync(await PostAsync("metrics", Encoding.UTF8.GetBytes(body)), 400);
        Assert.StartsWith($"{code} ", Assert.Single(found), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_exceeds_a_limit_is_answered_with_its_code()
    {
        await servers.StartAsync();
        var labels = string.Join(",", Enumerable.Range(0, 70).Select(i => $"l{i}=\"v\""));
        (string Body, string Code)[] cases =
        [
            ($"{new string('n', 1025)} 1\n", "name-too-long"),
            ($"m{{{new string('l', 1025)}=\"v\"}} 1\n", "name-too-long"),
            ($"m{{l=\"{new string('v', 2049)}\"}} 1\n", "label-value-too-long"),
            ($"m{{{labels}}} 1\n", "too-many-labels"),
            ($"m 1 {DateTimeOffset.UtcNow.AddMinutes(1).ToUnixTimeMilliseconds()}\n", "timestamp-in-future"),
            ($"m 1 {DateTimeOffset.UtcNow.AddHours(-25).ToUnixTimeMilliseconds()}\n", "timestamp-too-old"),
        ];
        foreach (var (body, code) in cases)
        {
            var found = await ReadProblemAsync(await PostAsync("metrics", Encoding.UTF8.GetBytes(body)), 400);
            Assert.StartsWith($"{code} ", Assert.Single(found), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Bad_text_is_answered_with_its_line_and_the_parsers_sentence()
    {
        await servers.StartAsync();
        var body = "# TYPE m gauge\nm 1\nm{ 2\n"u8.ToArray();
        using var answer = await PostAsync("metrics", body, "text/plain; version=0.0.4");
        Assert.Equal(400, (int)answer.StatusCode);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync(Cancellation));
        Assert.Equal("text-invalid", problem.RootElement.GetProperty("code").GetString());
        Assert.StartsWith("text format parsing error in line 3: ", problem.RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal(3, problem.RootElement.GetProperty("errors")[0].GetProperty("line").GetInt32());

        await CheckLineAsync(await PostAsync("metrics/job/bad", body), 400, "text format parsing error in line 3: ");
    }

    [Theory]
    [InlineData("metrics/job/", "m 1\n", "job name is required")]
    [InlineData("metrics/job/x/label", "m 1\n", "odd number of components in label string \"/label\"")]
    [InlineData("metrics/job/x/0label/v", "m 1\n", "improper label name \"0label\"")]
    [InlineData("metrics/job/x/__label/v", "m 1\n", "improper label name \"__label\"")]
    [InlineData("metrics/job@base64/%25%25", "m 1\n", "invalid base64 encoding in job name \"\": illegal base64 data at input byte 0")]
    [InlineData("metrics/job/x", "m 1", "text format parsing error in line 1: ")]
    [InlineData("metrics/job/x", "m 1 1700000000000\n", "pushed metrics are invalid or inconsistent with existing metrics: ")]
    [InlineData("metrics/job/x", "{\"dimensions\":{\"a\":\"b\"},\"metrics\":{\"m\":1}}", "text format parsing error in line 1: ")]
    public async Task Pushgateways_paths_answer_one_line_of_text(string path, string body, string sentence)
    {
        await servers.StartAsync();
        await CheckLineAsync(await PostAsync(path, Encoding.UTF8.GetBytes(body)), 400, sentence);
    }

    [Fact]
    public async Task Media_types_and_encodings_that_are_unknown_are_answered_415()
    {
        await servers.StartAsync();
        var body = "m 1\n"u8.ToArray();
        Assert.Equal(["media-type-unsupported "], await ReadProblemAsync(await PostAsync("metrics", body, "application/xml"), 415));
        Assert.Equal(["media-type-unsupported "], await ReadProblemAsync(await PostAsync("metrics", body, "application/x-protobuf"), 415));
        Assert.Equal(["encoding-unsupported "], await ReadProblemAsync(await PostAsync("metrics", body, encoding: "zstd"), 415));
        await CheckLineAsync(await PostAsync("metrics/job/x", body, encoding: "zstd"), 415, "content encoding \"zstd\" is not supported");
    }

    [Fact]
    public async Task Broken_gzip_is_answered_400()
    {
        await servers.StartAsync();
        var whole = Compress("m 1\n"u8);
        var corrupt = whole.ToArray();
        corrupt[^6] ^= 0xFF;
        byte[][] broken = [[], whole[..^1], whole[..12], corrupt, [.. whole, 1, 2, 3], [.. "m 1\n"u8]];
        foreach (var body in broken)
        {
            var found = await ReadProblemAsync(await PostAsync("metrics", body, encoding: "gzip"), 400);
            Assert.Equal("compression-invalid ", Assert.Single(found));
            await CheckLineAsync(await PostAsync("metrics/job/x", body, encoding: "gzip"), 400, "the gzip body is ");
        }
    }

    [Fact]
    public async Task A_gzip_bomb_is_answered_413()
    {
        await servers.StartAsync();
        var bomb = Compress(new byte[MaxDecompressedBytes + 1]);
        Assert.Equal(["decompressed-too-large "], await ReadProblemAsync(await PostAsync("metrics", bomb, encoding: "gzip"), 413));
        await CheckLineAsync(
            await PostAsync("metrics/job/x", bomb, encoding: "gzip"),
            413,
            string.Create(CultureInfo.InvariantCulture, $"the body decompresses to more than {MaxDecompressedBytes} bytes"));
    }

    [Theory]
    [InlineData("/metrics", "body-too-large")]
    [InlineData("/metrics/job/x", "the body is larger than")]
    public async Task A_body_that_says_it_is_too_large_is_answered_413_before_it_is_sent(string path, string words)
    {
        await servers.StartAsync();
        await using var connection = await RawHttp.ConnectAsync(servers.Gateway.BaseAddress, Cancellation);
        await connection.SendAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {MaxBodyBytes + 1}\r\n\r\n"),
            Cancellation);
        Assert.Equal(413, await connection.ReadStatusAsync(Cancellation));
        Assert.Contains(words, await connection.ReadRestAsync(Cancellation), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Curl_learns_why_a_body_is_too_large()
    {
        await servers.StartAsync();
        using var folder = new TempFolder();
        var file = folder.Combine("large");
        await File.WriteAllBytesAsync(file, new byte[MaxBodyBytes + 1], Cancellation);
        string[][] ways = [["--data-binary", $"@{file}"], ["--header", "Expect:", "--data-binary", $"@{file}"]];
        foreach (var way in ways)
        {
            var answer = await Curl.RunAsync([new Uri(servers.Gateway.BaseAddress, "metrics").AbsoluteUri, .. way]);
            Assert.Equal(413, answer.Status);
            Assert.Contains("\"body-too-large\"", answer.Body, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_endless_body_is_answered_413_while_it_is_read()
    {
        await servers.StartAsync();
        await using var connection = await RawHttp.ConnectAsync(servers.Gateway.BaseAddress, Cancellation);
        await connection.SendAsync(
            "POST /metrics HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n", Cancellation);
        var status = connection.ReadStatusAsync(Cancellation);
        var chunk = Encoding.ASCII.GetBytes($"10000\r\n{new string('#', 0x10000)}\r\n");
        var chunks = 0;
        try
        {
            for (; !status.IsCompleted && chunks < 100 * MaxBodyBytes / chunk.Length; chunks++)
                await connection.SendAsync(chunk, Cancellation);
        }
        catch (IOException)
        {
            // The gateway has answered and does not want to hear the rest.
        }

        Assert.Equal(413, await status);
        Assert.True(chunks > MaxBodyBytes / chunk.Length, $"Answered after {chunks} chunks.");
    }

    [Fact]
    public async Task Random_mutations_crash_nothing_hang_nothing_and_yield_no_5xx()
    {
        await servers.StartAsync();
        var cases = Environment.GetEnvironmentVariable(FuzzVariable) is { Length: > 0 } text
            ? int.Parse(text, CultureInfo.InvariantCulture)
            : OrdinaryFuzzCases;
        var mutator = new BodyMutator(FuzzSeed);
        var answers = new int[600];
        await Parallel.ForEachAsync(
            Enumerable.Range(0, cases),
            new ParallelOptions { MaxDegreeOfParallelism = FuzzClients, CancellationToken = Cancellation },
            async (number, token) =>
            {
                try
                {
                    using var request = mutator.Request(number);
                    using var answer = await servers.Gateway.Client.SendAsync(request, token);
                    var status = (int)answer.StatusCode;
                    Assert.True(status is 202 or 400 or 413 or 415, $"{status} for {await mutator.DescribeAsync(number)}");
                    Interlocked.Increment(ref answers[status]);
                }
                catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException && !token.IsCancellationRequested)
                {
                    Assert.Fail($"{exception.Message} {await mutator.DescribeAsync(number)}");
                }
            });

        // Neither everything nor nothing was broken by its mutations.
        Assert.True(answers[202] > cases / 50, $"{answers[202]} accepted");
        Assert.True(answers[400] > cases / 50, $"{answers[400]} refused");
        Assert.False(servers.Gateway.Process.HasExited);
        using var ready = await servers.Gateway.Client.GetAsync(new Uri("-/ready", UriKind.Relative), Cancellation);
        Assert.Equal(200, (int)ready.StatusCode);
        Assert.DoesNotContain("Exception", servers.Gateway.Process.Output, StringComparison.Ordinal);

        // What got through is still text that Prometheus reads.
        var exposition = await servers.Gateway.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), Cancellation);
        var check = await PromTool.CheckMetricsAsync(exposition);
        Assert.True(check.ExitCode is 0 or 3, check.Output);
    }

    async Task<HttpResponseMessage> PostAsync(string path, byte[] body, string? mediaType = null, string? encoding = null)
    {
        using var content = new ByteArrayContent(body);
        if (mediaType is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        if (encoding is not null)
            content.Headers.ContentEncoding.Add(encoding);
        return await servers.Gateway.Client.PostAsync(new Uri(path, UriKind.Relative), content, Cancellation);
    }

    // Code and pointer of each error.
    static async Task<IReadOnlyList<string>> ReadProblemAsync(HttpResponseMessage answer, int status)
    {
        using var owned = answer;
        var body = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode}: {body}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(body);
        var root = problem.RootElement;
        Assert.Equal(status, root.GetProperty("status").GetInt32());
        Assert.NotEmpty(root.GetProperty("detail").GetString()!);
        var errors = root.GetProperty("errors").EnumerateArray().ToList();
        Assert.Equal(errors[0].GetProperty("code").GetString(), root.GetProperty("code").GetString());
        Assert.All(errors, error => Assert.NotEmpty(error.GetProperty("detail").GetString()!));
        return
        [
            .. errors.Select(error =>
                $"{error.GetProperty("code").GetString()} {(error.TryGetProperty("pointer", out var pointer) ? pointer.GetString() : "")}"),
        ];
    }

    static async Task CheckLineAsync(HttpResponseMessage answer, int status, string sentence)
    {
        using var owned = answer;
        var body = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.True((int)answer.StatusCode == status, $"{(int)answer.StatusCode}: {body}");
        Assert.Equal("text/plain", answer.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith(sentence, body, StringComparison.Ordinal);
        Assert.Equal(body.Length - 1, body.IndexOf('\n', StringComparison.Ordinal));
    }

    static byte[] Compress(ReadOnlySpan<byte> body)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
            gzip.Write(body);
        return compressed.ToArray();
    }
}
