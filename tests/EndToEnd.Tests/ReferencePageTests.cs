using System.Net;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.EndToEnd.Tests;

/// <summary>Every command of the reference pages, run as it stands there.</summary>
public sealed class ReferencePageTests
{
    /// <summary>Each is run by a test of this class, but for the README, whose tests are its own.</summary>
    static readonly string[] PagesWithCommands = ["README.md", "docs/configuration.md", "docs/formats.md", "docs/http.md"];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void No_other_page_has_commands() =>
        Assert.Equal(PagesWithCommands, MarkdownPage.ReadAll().Where(page => page.Blocks("sh").Count > 0).Select(page => page.Path).Order(StringComparer.Ordinal));

    [Fact]
    public async Task The_commands_for_many_groups_push_and_delete_them()
    {
        RealComponents.RequireOnPath("curl");
        var commands = DocumentedCommands.Of("docs/http.md");
        Assert.Equal(2, commands.Count);
        await using var gateway = await GatewayProcess.StartAsync(cancellationToken: Cancellation);

        await DocumentedCommands.PushAsync(commands[0], gateway.BaseAddress);
        await ShowsAsync(gateway, "backup_size_bytes", """{instance="db1",job="backup"} 7.340032e+07""", """{instance="db2",job="backup"} 1.5e+06""");

        await DocumentedCommands.PushAsync(commands[1], gateway.BaseAddress);
        await ShowsAsync(gateway, "backup_size_bytes", """{instance="db1",job="backup"} 7.340032e+07""");
    }

    [Fact]
    public async Task The_commands_for_each_format_push_it()
    {
        RealComponents.RequireOnPath("curl");
        var commands = DocumentedCommands.Of("docs/formats.md");
        Assert.Equal(3, commands.Count);
        await using var gateway = await GatewayProcess.StartAsync(cancellationToken: Cancellation);

        foreach (var command in commands)
        {
            await DocumentedCommands.PushAsync(command, gateway.BaseAddress);
        }

        await ShowsAsync(gateway, "temperature", """{customerId="customer1"} 14.3 """);
        await ShowsAsync(gateway, "count", """{customerId="customer1"} 12 """);
        await ShowsAsync(gateway, "backup_seconds", """{disk="a"} 31.5 """);
        await ShowsAsync(gateway, "backups_total", " 3 ");
    }

    [Fact]
    public async Task The_command_that_makes_a_credential_does()
    {
        var command = Assert.Single(DocumentedCommands.Of("docs/configuration.md"));
        Assert.EndsWith("hash-credential ci >> credentials", command, StringComparison.Ordinal);

        using var folder = new TempFolder();
        var (secret, credentials) = (folder.Combine("secret.txt"), folder.Combine("credentials"));
        command = command.Replace("secret.txt", secret, StringComparison.Ordinal).Replace(">> credentials", $">> {credentials}", StringComparison.Ordinal);
        (await ChildProcess.RunAsync(DocumentedCommands.Shell(DocumentedCommands.Built(command)), Deadlines.Build)).EnsureSuccess();

        await using var gateway = await GatewayProcess.StartAsync(
            new Dictionary<string, string> { ["PUSHGATEWAY_CREDENTIALS_FILE"] = credentials }, cancellationToken: Cancellation);
        using var refused = await gateway.Client.GetAsync(new Uri("metrics", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        gateway.Client.DefaultRequestHeaders.Authorization = new("Bearer", $"ci.{(await File.ReadAllTextAsync(secret, Cancellation)).TrimEnd()}");
        using var admitted = await gateway.Client.GetAsync(new Uri("metrics", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.OK, admitted.StatusCode);
    }

    // Of each line, as much as is expected: what follows is the time of the push.
    static async Task ShowsAsync(GatewayProcess gateway, string name, params string[] expected) => await Poll.UntilAsync<IReadOnlyList<string>>(
        async token =>
        [
            .. from line in (await gateway.Client.GetStringAsync(new Uri("metrics", UriKind.Relative), token)).Split('\n')
               where line.StartsWith(name, StringComparison.Ordinal) && line[name.Length] is '{' or ' '
               select line[name.Length..],
        ],
        lines => lines.Count == expected.Length && lines.Zip(expected).All(pair => pair.First.StartsWith(pair.Second, StringComparison.Ordinal)),
        $"{name} as pushed",
        cancellationToken: Cancellation);
}
