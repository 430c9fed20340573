using System.Text.Json;
using PushGateway.Testing;

namespace PushGateway.LambdaEmulator.Tests;

/// <summary>Signs remote write requests with botocore.</summary>
static class BotocoreSigner
{
    const string Script = """
        import base64, json, sys
        from botocore.auth import SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        url, body, key, secret, token, region = sys.argv[1:]
        request = AWSRequest("POST", url, {"Content-Type": "application/x-protobuf"}, base64.b64decode(body))
        SigV4Auth(Credentials(key, secret, token), "aps", region).add_auth(request)
        print(json.dumps(dict(request.headers)))
        """;

    /// <summary>The request, signed with the account's credentials or with another secret.</summary>
    internal static async Task<HttpRequestMessage> SignAsync(Uri url, byte[] body, string secret = AwsAccount.SecretAccessKey)
    {
        string[] arguments =
        [
            url.ToString(), Convert.ToBase64String(body), AwsAccount.AccessKeyId, secret, AwsAccount.SessionToken, AwsAccount.Region,
        ];
        var start = new ChildProcessStart(RealComponents.RequireOnPath("python3"), ["-", .. arguments])
        {
            Environment = new Dictionary<string, string>
            {
                ["PYTHONPATH"] = await RealComponents.RequireAsync(RealComponents.Botocore),
                ["PYTHONDONTWRITEBYTECODE"] = "1",
            },
            StandardInput = Script,
        };
        var result = (await ChildProcess.RunAsync(start)).EnsureSuccess();

        var request = Requests.RemoteWrite(url, body);
        foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, string>>(result.StandardOutput)!)
        {
            if (name != "Content-Type")
                request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }
}
