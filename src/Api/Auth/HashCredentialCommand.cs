using System.Text;

namespace PushGateway.Api.Auth;

/// <summary><c>hash-credential &lt;name&gt; [label=value ...]</c>: reads a secret from standard input and prints the credential's line.</summary>
internal static class HashCredentialCommand
{
    public const string Name = "hash-credential";

    private const string Usage = $"Usage: PushGateway.Api {Name} <name> [<label>=<value> ...] < secret";

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Runs the command and returns the exit code. A line end after the secret does not belong to the secret.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Stream input, TextWriter output, TextWriter errors)
    {
        if (arguments is not [var name, ..])
        {
            return await FailAsync(errors, Usage);
        }

        if (!CredentialLine.IsName(name))
        {
            return await FailAsync(errors, "The name is 1 to 64 letters, digits, '_' and '-'.");
        }

        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (ReadLabels(arguments.Skip(1), labels) is { } error)
        {
            return await FailAsync(errors, error);
        }

        if (await ReadSecretAsync(input) is not { Length: > 0 } secret)
        {
            return await FailAsync(errors, "The secret, on standard input, is one line of UTF-8 text, and not empty.");
        }

        var hash = SecretHash.Create(Encoding.UTF8.GetBytes(secret));
        await output.WriteLineAsync(CredentialLine.Write(new Credential(name, hash, [.. labels])));
        return 0;
    }

    private static string? ReadLabels(IEnumerable<string> arguments, SortedDictionary<string, string> labels)
    {
        foreach (var argument in arguments)
        {
            if (argument.Split('=', 2) is not [var label, var value])
            {
                return Usage;
            }

            if ((CredentialLine.CheckLabel(label, value) ?? (labels.TryAdd(label, value) ? null : "a label is pinned twice")) is { } error)
            {
                return $"{label}: {error}.";
            }
        }

        return null;
    }

    private static async Task<string?> ReadSecretAsync(Stream input)
    {
        using var reader = new StreamReader(input, StrictUtf8);
        try
        {
            var text = await reader.ReadToEndAsync();
            var secret = text.EndsWith('\n') ? text[..^1] : text;
            secret = secret.EndsWith('\r') ? secret[..^1] : secret;
            return secret.Any(char.IsControl) ? null : secret;
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static async Task<int> FailAsync(TextWriter errors, string sentence)
    {
        await errors.WriteLineAsync(sentence);
        return 1;
    }
}
