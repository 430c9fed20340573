using System.Collections.Concurrent;
using System.Globalization;

namespace PushGateway.EndToEnd.Tests.Clients;

/// <summary>Notes what an <see cref="HttpClient"/> is answered, for a client that does not tell.</summary>
sealed class AnswerRecorder() : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
{
    readonly ConcurrentQueue<(bool Succeeded, string Text)> _answers = new();

    /// <summary>The answers up to now; no success without any.</summary>
    internal ClientOutcome Outcome => new(
        !_answers.IsEmpty && _answers.All(answer => answer.Succeeded), string.Join('\n', _answers.Select(answer => answer.Text)));

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await base.SendAsync(request, cancellationToken);
            _answers.Enqueue((answer.IsSuccessStatusCode, string.Create(CultureInfo.InvariantCulture, $"{(int)answer.StatusCode}")));
            return answer;
        }
        catch (HttpRequestException exception)
        {
            _answers.Enqueue((false, exception.Message));
            throw;
        }
    }
}
