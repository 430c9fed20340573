using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace PushGateway.Testing;

/// <summary>Secrets Manager and Parameter Store of an emulator, from the point of view of an owner of secrets.</summary>
public sealed class SecretsEndpoint
{
    /// <summary>The region of secrets and parameters when no other region is given.</summary>
    public const string Region = "eu-west-1";

    const string Dummy = "test";
    const string SecretsManager = "secretsmanager";
    const string ParameterStore = "ssm";

    readonly HttpClient _client;

    internal SecretsEndpoint(HttpClient client) => _client = client;

    /// <summary>The settings with which a gateway reaches this endpoint.</summary>
    public IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>
    {
        ["AWS_ENDPOINT_URL_SECRETS_MANAGER"] = _client.BaseAddress!.ToString(),
        ["AWS_ENDPOINT_URL_SSM"] = _client.BaseAddress!.ToString(),
    };

    /// <summary>The variables with which a process finds credentials that this endpoint accepts.</summary>
    public static IReadOnlyDictionary<string, string> Credentials { get; } = new Dictionary<string, string>
    {
        ["AWS_ACCESS_KEY_ID"] = Dummy,
        ["AWS_SECRET_ACCESS_KEY"] = Dummy,
        ["AWS_EC2_METADATA_DISABLED"] = "true",
    };

    /// <summary>The ARN of a parameter, which may not exist.</summary>
    /// <param name="name">A name that begins with a slash.</param>
    /// <param name="region">The region.</param>
    /// <param name="partition">The region's partition.</param>
    public static string ParameterArn(string name, string region = Region, string partition = "aws") =>
        $"arn:{partition}:ssm:{region}:123456789012:parameter{name}";

    /// <summary>Creates a secret with a random name, and returns its ARN.</summary>
    public Task<string> CreateSecretAsync(string text, string region = Region) =>
        CreateAsync(new JsonObject { ["Name"] = RandomName(), ["SecretString"] = text }, region);

    /// <summary>Creates a secret without a text, and returns its ARN.</summary>
    public Task<string> CreateBinarySecretAsync(byte[] bytes) =>
        CreateAsync(new JsonObject { ["Name"] = RandomName(), ["SecretBinary"] = Convert.ToBase64String(bytes) }, Region);

    /// <summary>Gives a secret a new version.</summary>
    public Task RotateSecretAsync(string arn, string text) =>
        CallAsync(SecretsManager, "secretsmanager.PutSecretValue", new JsonObject { ["SecretId"] = arn, ["SecretString"] = text }, Region);

    /// <summary>Marks a secret for deletion. From then on it cannot be read.</summary>
    public Task DeleteSecretAsync(string arn) =>
        CallAsync(SecretsManager, "secretsmanager.DeleteSecret", new JsonObject { ["SecretId"] = arn }, Region);

    /// <summary>Creates a parameter, or gives it a new version.</summary>
    /// <param name="name">A name that begins with a slash.</param>
    /// <param name="text">The value.</param>
    /// <param name="type"><c>String</c> or <c>SecureString</c>.</param>
    /// <param name="region">The region.</param>
    public Task PutParameterAsync(string name, string text, string type = "SecureString", string region = Region) => CallAsync(
        ParameterStore, "AmazonSSM.PutParameter", new JsonObject { ["Name"] = name, ["Value"] = text, ["Type"] = type, ["Overwrite"] = true }, region);

    /// <summary>A name that no other secret or parameter has.</summary>
    public static string RandomName() => $"/credentials/{Guid.NewGuid():N}";

    async Task<string> CreateAsync(JsonObject body, string region) =>
        (string)(await CallAsync(SecretsManager, "secretsmanager.CreateSecret", body, region))["ARN"]!;

    // The emulator accepts every signature, and takes the service and the region from the Authorization header.
    async Task<JsonNode> CallAsync(string service, string target, JsonObject body, string region)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _client.BaseAddress)
        {
            Content = new StringContent(body.ToJsonString(), new MediaTypeHeaderValue("application/x-amz-json-1.1")),
        };
        request.Headers.Add("X-Amz-Target", target);
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"AWS4-HMAC-SHA256 Credential={Dummy}/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature={Dummy}");
        using var response = await _client.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        if (!response.IsSuccessStatusCode)
            throw new InvalidOperationException($"{target}: {answer}");
        return JsonNode.Parse(answer)!;
    }
}
