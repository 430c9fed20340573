using System.Net;
using System.Text;

namespace PushGateway.Aws.Tests.Secrets;

/// <summary>The network's far side: gives the answers one after the other, and the last one again and again.</summary>
internal sealed class ScriptedAnswers(params (HttpStatusCode Status, string Body)[] answers) : HttpMessageHandler
{
    public int Calls { get; private set; }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (status, body) = answers[Math.Min(Calls++, answers.Length - 1)];
        return Task.FromResult(new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/x-amz-json-1.1") });
    }
}
