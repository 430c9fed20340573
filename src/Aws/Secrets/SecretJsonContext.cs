using System.Text.Json.Serialization;

namespace PushGateway.Aws.Secrets;

/// <summary>The JSON bodies of both calls. One service writes <c>Message</c>, the other <c>message</c>.</summary>
[JsonSourceGenerationOptions(PropertyNameCaseInsensitive = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SecretRequest))]
[JsonSerializable(typeof(SecretAnswer))]
internal sealed partial class SecretJsonContext : JsonSerializerContext;
