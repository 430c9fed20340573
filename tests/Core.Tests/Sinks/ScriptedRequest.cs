using System.Net.Http.Headers;

namespace PushGateway.Core.Tests.Sinks;

/// <summary>What a <see cref="ScriptedTarget"/> was sent.</summary>
internal sealed record ScriptedRequest(
    HttpMethod Method, Uri? Url, HttpRequestHeaders Headers, HttpContentHeaders ContentHeaders, byte[] Body);
