using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace PushGateway.Aws.Tests.Sqs;

/// <summary>The network's far side where the emulators cannot be brought to fail: an SQS endpoint that answers as a test says.</summary>
internal sealed class ScriptedSqs : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Func<string, JsonNode, (int Status, JsonNode Body)> _answer;
    private readonly List<(string Action, JsonNode Body, string Authorization)> _calls = [];

    private ScriptedSqs(Func<string, JsonNode, (int Status, JsonNode Body)> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _answer = answer;
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <summary>The actions called, each with its request, in order.</summary>
    public IReadOnlyList<(string Action, JsonNode Body, string Authorization)> Calls
    {
        get
        {
            lock (_calls)
            {
                return [.. _calls];
            }
        }
    }

    public static async Task<ScriptedSqs> StartAsync(Func<string, JsonNode, (int Status, JsonNode Body)> answer)
    {
        var server = new ScriptedSqs(answer);
        await server._app.StartAsync();
        return server;
    }

    /// <summary>An answer to any batch call or send in which the entries with these ids failed.</summary>
    public static (int Status, JsonNode Body) Answer(JsonNode request, bool senderFault, string code, params string[] failed) =>
        AnswerBecause(request, senderFault, code, "because", failed);

    /// <summary>As <see cref="Answer"/>, with the text of the error.</summary>
    public static (int Status, JsonNode Body) AnswerBecause(JsonNode request, bool senderFault, string code, string message, params string[] failed)
    {
        if (request["Entries"] is not JsonArray entries)
        {
            return (200, new JsonObject { ["MessageId"] = "m", ["MD5OfMessageBody"] = Md5(request["MessageBody"]) });
        }

        var ids = entries.Select(entry => (Id: (string)entry!["Id"]!, Body: entry["MessageBody"])).ToList();
        return (200, new JsonObject
        {
            ["Successful"] = new JsonArray([.. ids.Where(entry => !failed.Contains(entry.Id)).Select(entry =>
                new JsonObject { ["Id"] = entry.Id, ["MessageId"] = "m", ["MD5OfMessageBody"] = Md5(entry.Body) })]),
            ["Failed"] = new JsonArray([.. failed.Select(id =>
                new JsonObject { ["Id"] = id, ["Code"] = code, ["Message"] = message, ["SenderFault"] = senderFault })]),
        });
    }

    public static (int Status, JsonNode Body) Error(int status, string code, string message = "because") =>
        (status, new JsonObject { ["__type"] = $"com.amazonaws.sqs#{code}", ["message"] = message });

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static string Md5(JsonNode? body) =>
#pragma warning disable CA5351 // SQS answers with the MD5 of what it stored.
        Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes((string?)body ?? "")));
#pragma warning restore CA5351

    private async Task AnswerAsync(HttpContext context)
    {
        var action = context.Request.Headers["X-Amz-Target"].ToString().Split('.')[^1];
        var request = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
        lock (_calls)
        {
            _calls.Add((action, request, context.Request.Headers.Authorization.ToString()));
        }

        var (status, body) = _answer(action, request);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/x-amz-json-1.0";
        await context.Response.WriteAsync(body.ToJsonString(new JsonSerializerOptions()), context.RequestAborted);
    }
}
