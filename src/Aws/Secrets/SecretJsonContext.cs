using System.Text.Json.Serialization;

namespace PushGateway.Aws.Secrets;

/// <summary>The bodies of the two calls. One service says <c>Message</c>, the other <c>message</c>.</summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SecretRequest))]
[JsonSerializable(typeof(SecretAnswer))]
internal sealed partial class SecretJsonContext : JsonSerializerContext;
