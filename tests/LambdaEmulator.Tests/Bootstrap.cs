using PushGateway.Testing;

namespace PushGateway.LambdaEmulator.Tests;

/// <summary>A deployment package whose bootstrap is a Python script that speaks the Runtime API, and a folder for what it notes.</summary>
sealed class Bootstrap : IDisposable
{
    /// <summary>What every script begins with. <c>call</c> answers status, headers and body, whatever the status.</summary>
    const string Prelude = """
        import http.client, json, os, signal, subprocess, sys, time

        notes = os.environ["NOTES"]
        api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

        def call(method, path, body=None, headers={}):
            api.request(method, "/2018-06-01/runtime/" + path, body, headers)
            response = api.getresponse()
            return response.status, response.headers, response.read()

        def poll():
            status, headers, body = call("GET", "invocation/next")
            return headers["Lambda-Runtime-Aws-Request-Id"], headers, body

        def respond(id, body):
            return call("POST", f"invocation/{id}/response", body)

        def note(name, text):
            with open(os.path.join(notes, name), "a") as file:
                file.write(text + "\n")

        """;

    /// <summary>Answers every event with itself.</summary>
    internal const string Echo = """
        while True:
            id, headers, body = poll()
            respond(id, body)
        """;

    /// <summary>Defines <c>sqs</c>, which calls an operation of SQS, and <c>change_visibility</c>.</summary>
    internal const string Sqs = """
        import urllib.request
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))

        def sqs(endpoint, operation, request):
            return direct.open(urllib.request.Request(endpoint, json.dumps(request).encode(), {
                "Content-Type": "application/x-amz-json-1.0",
                "X-Amz-Target": "AmazonSQS." + operation,
                "Authorization": "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sqs/aws4_request, SignedHeaders=host, Signature=0",
            }))

        def change_visibility(endpoint, queue, receipt, seconds):
            sqs(endpoint, "ChangeMessageVisibility", {"QueueUrl": queue, "ReceiptHandle": receipt, "VisibilityTimeout": seconds})

        """;

    readonly TempFolder _folder = new();

    Bootstrap()
    {
    }

    /// <summary>The folder to deploy.</summary>
    internal string Package => _folder.Combine("package");

    /// <summary>A function of the script, to be changed by <c>with</c>.</summary>
    internal FunctionOptions Options => new()
    {
        Package = Package,
        Timeout = TimeSpan.FromSeconds(60),
        InitTimeout = TimeSpan.FromSeconds(60),
        Environment = new Dictionary<string, string> { ["NOTES"] = _folder.Combine("notes") },
    };

    /// <summary>Writes the script.</summary>
    internal static Bootstrap Create(string script)
    {
        var bootstrap = new Bootstrap();
        Directory.CreateDirectory(bootstrap.Package);
        Directory.CreateDirectory(bootstrap._folder.Combine("notes"));
        var path = Path.Combine(bootstrap.Package, "bootstrap");
        File.WriteAllText(path, $"#!{RealComponents.RequireOnPath("python3")}\n{Prelude}\n{script}\n");
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
            File.SetUnixFileMode(path, mode);
        }

        return bootstrap;
    }

    /// <summary>The lines that the script has noted under a name so far.</summary>
    internal string[] Notes(string name)
    {
        var path = _folder.Combine("notes", name);
        return File.Exists(path) ? File.ReadAllLines(path) : [];
    }

    public void Dispose() => _folder.Dispose();
}
