using System.Diagnostics.CodeAnalysis;
using PushGateway.Aws.Secrets;
using PushGateway.Configuration;

namespace PushGateway.Api.Auth;

/// <summary>
/// Reads credentials from the file in <c>PUSHGATEWAY_CREDENTIALS_FILE</c> and from the text in <c>PUSHGATEWAY_CREDENTIALS</c>, in which a
/// semicolon also ends a line. Empty lines and lines that begin with <c>#</c> are skipped. <c>PUSHGATEWAY_CREDENTIALS_SECRET</c> names a
/// secret of AWS with another such text.
/// </summary>
internal static class CredentialSettings
{
    private const string FileSetting = "PUSHGATEWAY_CREDENTIALS_FILE";
    private const string TextSetting = "PUSHGATEWAY_CREDENTIALS";
    private const string SecretSetting = "PUSHGATEWAY_CREDENTIALS_SECRET";

    /// <summary>
    /// Reads the credentials of both settings; empty when neither is set. Errors are collected in <paramref name="settings"/>.
    /// </summary>
    public static IReadOnlyList<Credential> Read(SettingsReader settings)
    {
        var credentials = new List<Credential>();
        if (settings.Text(FileSetting) is { } path && ReadFile(path, settings) is { } file)
        {
            ReadLines(FileSetting, file, credentials, settings.Refuse);
        }

        if (settings.Text(TextSetting) is { } text)
        {
            ReadText(TextSetting, text, credentials, settings.Refuse);
        }

        return credentials;
    }

    /// <summary>The secret of AWS that holds more credentials. It is not read yet. Null when there is none.</summary>
    public static SecretOptions? ReadSecret(SettingsReader settings) => SecretOptions.Read(settings, SecretSetting);

    /// <summary>Reads the text of the secret that AWS keeps.</summary>
    /// <param name="text">The text, in the form of <c>PUSHGATEWAY_CREDENTIALS</c>.</param>
    /// <param name="others">The credentials of <see cref="Read"/>.</param>
    /// <param name="all">The others and those of the text, which has at least one.</param>
    /// <param name="error">The first error. It quotes nothing of the text.</param>
    public static bool TryParse(
        string text,
        IReadOnlyList<Credential> others,
        [NotNullWhen(true)] out IReadOnlyList<Credential>? all,
        [NotNullWhen(false)] out string? error)
    {
        var credentials = others.ToList();
        var errors = new List<string>();
        ReadText(SecretSetting, text, credentials, errors.Add);
        error = errors.FirstOrDefault();
        all = error is null ? credentials : null;
        return error is null;
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

    private static void ReadText(string setting, string text, List<Credential> credentials, Action<string> refuse) =>
        ReadLines(setting, text.Replace(';', '\n'), credentials, refuse);

    private static void ReadLines(string setting, string text, List<Credential> credentials, Action<string> refuse)
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
                refuse($"{setting}: line {number}: {error}.");
            }
            else if (credentials.Exists(other => other.Name == credential.Name))
            {
                refuse($"{setting}: line {number}: another credential has the same name.");
            }
            else
            {
                credentials.Add(credential);
            }
        }

        // Whoever sets it wants authentication, so an empty file must not turn authentication off.
        if (isEmpty)
        {
            refuse($"{setting}: there is no credential in it.");
        }
    }
}
