namespace PushGateway.Aws.Tests.SigV4;

/// <summary>The network's far side: keeps what it was sent and answers 200.</summary>
internal sealed class CapturingHandler : HttpMessageHandler
{
    public List<(string Authorization, string Date, byte[] Body)> Sent { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Sent.Add((
            request.Headers.GetValues("Authorization").Single(),
            request.Headers.GetValues("x-amz-date").Single(),
            request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken)));
        return new HttpResponseMessage { RequestMessage = request };
    }
}
