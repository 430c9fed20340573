using PushGateway.Configuration;

namespace PushGateway.Api.Auth;

/// <summary>
/// Reads credentials from the file that <c>PUSHGATEWAY_CREDENTIALS_FILE</c> names and from <c>PUSHGATEWAY_CREDENTIALS</c>, in which a
/// semicolon ends a line, too. Empty lines and lines that begin with <c>#</c> are passed over.
/// </summary>
internal static class CredentialSettings
{
    private const string FileSetting = "PUSHGATEWAY_CREDENTIALS_FILE";
    private const string TextSetting = "PUSHGATEWAY_CREDENTIALS";

    /// <summary>The credentials of both, or none when neither is set; what is wrong is collected in <paramref name="settings"/>.</summary>
    public static IReadOnlyList<Credential> Read(SettingsReader settings)
    {
        var credentials = new List<Credential>();
        if (settings.Text(FileSetting) is { } path && ReadFile(path, settings) is { } file)
        {
            ReadLines(FileSetting, file, settings, credentials);
        }

        if (settings.Text(TextSetting) is { } text)
        {
            ReadLines(TextSetting, text.Replace(';', '\n'), settings, credentials);
        }

        return credentials;
    }

    private static string? ReadFile(string path, SettingsReader settings)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            settings.Refuse($"{FileSetting}: the file cannot be read: {exception.Message}");
            return null;
        }
    }

    private static void ReadLines(string setting, string text, SettingsReader settings, List<Credential> credentials)
    {
        var number = 0;
        var isEmpty = true;
        foreach (var raw in text.Split('\n'))
        {
            number++;
            if (raw.Trim() is not { Length: > 0 } line || line[0] == '#')
            {
                continue;
            }

            isEmpty = false;
            if (!CredentialLine.TryParse(line, out var credential, out var error))
            {
                settings.Refuse($"{setting}: line {number}: {error}.");
            }
            else if (credentials.Exists(other => other.Name == credential.Name))
            {
                settings.Refuse($"{setting}: line {number}: the name is given to another credential, too.");
            }
            else
            {
                credentials.Add(credential);
            }
        }

        // Who sets it wants authentication: an empty file must not turn it off.
        if (isEmpty)
        {
            settings.Refuse($"{setting}: there is no credential in it.");
        }
    }
}
