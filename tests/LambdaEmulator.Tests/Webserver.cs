using System.Text.Json;

namespace PushGateway.LambdaEmulator.Tests;

/// <summary>A function that notes the events that a front makes, and answers what the test has it answer.</summary>
sealed class Webserver : IAsyncDisposable
{
    const string Script = """
        while True:
            id, headers, body = poll()
            note("events", body.decode())
            respond(id, open(notes + "/answer").read())
        """;

    readonly Bootstrap _bootstrap = Bootstrap.Create(Script);

    internal Webserver()
    {
        Function = new LambdaFunction(_bootstrap.Options);
        Answer("""{"statusCode":200,"body":"ok"}""");
    }

    internal LambdaFunction Function { get; }

    /// <summary>The last event.</summary>
    internal JsonElement Event => JsonElement.Parse(_bootstrap.Notes("events")[^1]);

    /// <summary>How many events there were.</summary>
    internal int Events => _bootstrap.Notes("events").Length;

    /// <summary>What the function will answer.</summary>
    internal void Answer(string json) => File.WriteAllText(Path.Combine(_bootstrap.Options.Environment["NOTES"], "answer"), json);

    public async ValueTask DisposeAsync()
    {
        await Function.DisposeAsync();
        _bootstrap.Dispose();
    }
}
