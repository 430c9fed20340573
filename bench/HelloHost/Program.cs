using System.Net.Http.Headers;

// The smallest possible function in C#: it asks for events and answers each with an empty object. Every function needs at least its start
// time.
using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false })
{
    BaseAddress = new Uri($"http://{Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API")}/2018-06-01/runtime/invocation/"),
    Timeout = Timeout.InfiniteTimeSpan,
};
while (true)
{
    using var next = await http.GetAsync(new Uri("next", UriKind.Relative));
    var id = next.Headers.GetValues("Lambda-Runtime-Aws-Request-Id").First();
    using var answer = new ByteArrayContent("{}"u8.ToArray());
    answer.Headers.ContentType = new MediaTypeHeaderValue("application/json");
    using var taken = await http.PostAsync(new Uri(id + "/response", UriKind.Relative), answer);
}
