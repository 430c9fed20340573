using PushGateway.Api.Auth;
using PushGateway.Configuration;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Api.Tests.Auth;

/// <summary>Credentials as files and environment variables hold them.</summary>
public sealed class CredentialSettingsTests
{
    private const string FileSetting = "PUSHGATEWAY_CREDENTIALS_FILE";
    private const string TextSetting = "PUSHGATEWAY_CREDENTIALS";
    private const string Salt = "c2FsdHNhbHQ=";
    private const string Hash = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    [Fact]
    public void Without_settings_there_is_none()
    {
        var (credentials, errors) = Read([]);
        Assert.Empty(credentials);
        Assert.Empty(errors);
    }

    [Fact]
    public void File_and_variable_add_up()
    {
        using var folder = new TempFolder();
        var file = folder.Combine("credentials");
        File.WriteAllText(file, $"# who\r\n\r\n{TestCredentials.Line("one", "s")}\r\n  {TestCredentials.Line("two", "s", "tenant=x")}  ");
        var (credentials, errors) = Read(new()
        {
            [FileSetting] = file,
            [TextSetting] = $";{TestCredentials.Line("three", "s")}; {TestCredentials.Line("four", "s", "b=%C3%A4%2C%3D%3B,a=1=2")}\n",
        });

        Assert.Empty(errors);
        Assert.Equal(["one", "two", "three", "four"], credentials.Select(credential => credential.Name));
        Assert.Equal([new("tenant", "x")], credentials[1].PinnedLabels);
        Assert.Equal([new("a", "1=2"), new("b", "ä,=;")], credentials[3].PinnedLabels);
    }

    [Theory]
    [InlineData("plainsecret", "not name:pbkdf2-sha256:iterations:salt:hash[:label=value,...]")]
    [InlineData("name:plainsecret", "not name:pbkdf2-sha256:iterations:salt:hash[:label=value,...]")]
    [InlineData($"plainsecret:pbkdf2-sha256:1000:{Salt}:{Hash}:a=b:c", "not name:pbkdf2-sha256:iterations:salt:hash[:label=value,...]")]
    [InlineData($"plain.secret:pbkdf2-sha256:1000:{Salt}:{Hash}", "the first field, the name, is not 1 to 64 letters, digits, '_' and '-'")]
    [InlineData($":pbkdf2-sha256:1000:{Salt}:{Hash}", "the first field, the name, is not 1 to 64 letters, digits, '_' and '-'")]
    [InlineData($"n:plainsecret:1000:{Salt}:{Hash}", "the second field is not pbkdf2-sha256")]
    [InlineData($"n:pbkdf2-sha256:999:{Salt}:{Hash}", "the third field, the iterations, is not a whole number from 1000 to 10000000")]
    [InlineData($"n:pbkdf2-sha256:10000001:{Salt}:{Hash}", "the third field, the iterations, is not a whole number from 1000 to 10000000")]
    [InlineData($"n:pbkdf2-sha256:-1000:{Salt}:{Hash}", "the third field, the iterations, is not a whole number from 1000 to 10000000")]
    [InlineData($"n:pbkdf2-sha256:plainsecret:{Salt}:{Hash}", "the third field, the iterations, is not a whole number from 1000 to 10000000")]
    [InlineData($"n:pbkdf2-sha256:1000:plainsecret!:{Hash}", "the fourth field, the salt, is not base64 of 8 to 64 bytes")]
    [InlineData($"n:pbkdf2-sha256:1000:c2FsdA==:{Hash}", "the fourth field, the salt, is not base64 of 8 to 64 bytes")]
    [InlineData($"n:pbkdf2-sha256:1000:{Salt}:plainsecret!", "the fifth field, the hash, is not base64 of 32 bytes")]
    [InlineData($"n:pbkdf2-sha256:1000:{Salt}:{Salt}", "the fifth field, the hash, is not base64 of 32 bytes")]
    [InlineData($"n:pbkdf2-sha256:1000:{Salt}:{Hash}:", "a pinned label is not label=value with the value percent-encoded")]
    [InlineData($"n:pbkdf2-sha256:1000:{Salt}:{Hash}:plainsecret", "a pinned label is not label=value with the value percent-encoded")]
    [InlineData($"n:pbkdf2-sha256:1000:{Salt}:{Hash}:a=%zz", "a pinned label is not label=value with the value percent-encoded")]
    [InlineData($"n:pbkdf2-sha256:1000:{Salt}:{Hash}:a=%FF", "a pinned label is not label=value with the value percent-encoded")]
    [InlineData($"n:pbkdf2-sha256:1000:{Salt}:{Hash}:a=b,", "a pinned label is not label=value with the value percent-encoded")]
    [InlineData($"n:pbkdf2-sha256:1000:{Salt}:{Hash}:a=", "a pinned label has an empty value")]
    [InlineData($"n:pbkdf2-sha256:1000:{Salt}:{Hash}:job=", "a pinned label has an empty value")]
    [InlineData($"n:pbkdf2-sha256:1000:{Salt}:{Hash}:__name__=x", "a pinned label has a name that is not legal, or is reserved")]
    [InlineData($"n:pbkdf2-sha256:1000:{Salt}:{Hash}:a-b=x", "a pinned label has a name that is not legal, or is reserved")]
    [InlineData($"n:pbkdf2-sha256:1000:{Salt}:{Hash}:a=x,a=y", "a label is pinned twice")]
    public void What_is_wrong_is_said_with_its_line_and_without_the_line(string line, string error)
    {
        var (_, errors) = Read(new() { [TextSetting] = $"# comment;{line}" });
        Assert.Equal([$"{TextSetting}: line 2: {error}."], errors);
        Assert.DoesNotContain("secret", errors[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_documented_example_is_read()
    {
        var lines = File.ReadLines(RepositoryRoot.Combine("docs", "configuration.md")).Where(line => line.Contains($":{SecretHash.Algorithm}:", StringComparison.Ordinal));
        var (credentials, errors) = Read(new() { [TextSetting] = string.Join('\n', lines) });

        Assert.Empty(errors);
        Assert.Equal(["ci", "shop"], credentials.Select(credential => credential.Name));
        Assert.Equal([new("tenant", "shop")], credentials[1].PinnedLabels);
    }

    [Fact]
    public void All_mistakes_are_found_at_once()
    {
        using var folder = new TempFolder();
        var file = folder.Combine("credentials");
        File.WriteAllText(file, $"x\n{TestCredentials.Line("one", "s")}\n\ny\n{TestCredentials.Line("one", "t")}\n");
        var (_, errors) = Read(new() { [FileSetting] = file, [TextSetting] = TestCredentials.Line("one", "u") });

        Assert.Equal(4, errors.Count);
        Assert.StartsWith($"{FileSetting}: line 1: ", errors[0], StringComparison.Ordinal);
        Assert.StartsWith($"{FileSetting}: line 4: ", errors[1], StringComparison.Ordinal);
        Assert.Equal($"{FileSetting}: line 5: another credential has the same name.", errors[2]);
        Assert.Equal($"{TextSetting}: line 1: another credential has the same name.", errors[3]);
    }

    [Theory]
    [InlineData(";")]
    [InlineData(" ")]
    [InlineData("# nobody\n\n")]
    public void An_empty_list_does_not_turn_authentication_off(string text)
    {
        using var folder = new TempFolder();
        var file = folder.Combine("credentials");
        File.WriteAllText(file, text.Replace(';', '\n'));
        var (_, errors) = Read(new() { [FileSetting] = file, [TextSetting] = text });
        Assert.Equal([$"{FileSetting}: there is no credential in it.", $"{TextSetting}: there is no credential in it."], errors);
    }

    [Fact]
    public void A_missing_file_does_not_turn_authentication_off()
    {
        using var folder = new TempFolder();
        foreach (var path in new[] { folder.Combine("nothing"), folder.FullPath })
        {
            var (_, errors) = Read(new() { [FileSetting] = path });
            Assert.StartsWith($"{FileSetting}: the file cannot be read: ", Assert.Single(errors), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_text_of_a_secret_adds_up_with_the_settings()
    {
        IReadOnlyList<Credential> others = [Parse("one")];
        Assert.True(CredentialSettings.TryParse($"# who\r\n{TestCredentials.Line("two", "s")};{TestCredentials.Line("three", "s")}\n", others, out var all, out _));
        Assert.Equal(["one", "two", "three"], all.Select(credential => credential.Name));
        Assert.Single(others);
    }

    [Theory]
    [InlineData("", "there is no credential in it.")]
    [InlineData(" ;#\n", "there is no credential in it.")]
    [InlineData("#;hunter2;hunter3", "line 2: not name:pbkdf2-sha256:iterations:salt:hash[:label=value,...].")]
    [InlineData($"one:pbkdf2-sha256:1000:{Salt}:{Hash}", "line 1: another credential has the same name.")]
    public void The_first_mistake_in_the_text_of_a_secret_is_said(string text, string sentence)
    {
        Assert.False(CredentialSettings.TryParse(text, [Parse("one")], out var all, out var error));
        Assert.Null(all);
        Assert.Equal($"PUSHGATEWAY_CREDENTIALS_SECRET: {sentence}", error);
    }

    [Fact]
    public async Task A_gateway_with_mistakes_does_not_start()
    {
        var result = await GatewayProcess.RunAsync(new Dictionary<string, string>
        {
            [TextSetting] = "hunter2;name:hunter2",
            ["PUSHGATEWAY_MAX_LABELS"] = "many",
        });

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"{TextSetting}: line 1: ", result.Output, StringComparison.Ordinal);
        Assert.Contains($"{TextSetting}: line 2: ", result.Output, StringComparison.Ordinal);
        Assert.Contains("PUSHGATEWAY_MAX_LABELS", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", result.Output, StringComparison.Ordinal);
    }

    private static Credential Parse(string name)
    {
        Assert.True(CredentialLine.TryParse(TestCredentials.Line(name, "s"), out var credential, out _));
        return credential;
    }

    private static (IReadOnlyList<Credential> Credentials, IReadOnlyList<string> Errors) Read(Dictionary<string, string> environment)
    {
        var settings = new SettingsReader(environment.GetValueOrDefault);
        return (CredentialSettings.Read(settings), settings.Errors);
    }
}
