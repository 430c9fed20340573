using System.Globalization;

namespace PushGateway.Configuration;

/// <summary>
/// Reads settings by name and collects every error, so that one start shows all mistakes. An empty value counts as not set.
/// </summary>
/// <param name="lookup">Finds a setting's text by its name, for example in the environment.</param>
public sealed class SettingsReader(Func<string, string?> lookup)
{
    private readonly List<string> _errors = [];
    private readonly SortedDictionary<string, string> _shown = new(StringComparer.Ordinal);

    /// <summary>A sentence for each setting that could not be read.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>
    /// The settings that were read, including defaults, for showing how the program is configured. Plain texts may be secrets, so they are
    /// not included unless <see cref="Show"/> adds them. URLs are shown without user, password and query.
    /// </summary>
    public IReadOnlyDictionary<string, string> Shown => _shown;

    /// <summary>Adds a setting that is not secret to <see cref="Shown"/>.</summary>
    public void Show(string name, string value) => _shown[name] = value;

    /// <summary>Adds an error that concerns several settings, or that another reader found.</summary>
    public void Refuse(string sentence) => _errors.Add(sentence);

    /// <summary>Text, or null.</summary>
    public string? Text(string name) => lookup(name) is { Length: > 0 } text ? text : null;

    /// <summary><c>true</c> or <c>false</c>, in any case; <c>false</c> is the default.</summary>
    public bool Flag(string name) => Read(
        name, false, static text => bool.TryParse(text, out var flag) ? flag : null, "true or false", static flag => flag ? "true" : "false");

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public long Number(string name, long fallback, long min, long max) => Read(
        name,
        fallback,
        text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max ? number : null,
        $"a whole number from {min} to {max}",
        static number => number.ToString(CultureInfo.InvariantCulture));

    /// <summary>A duration as <see cref="Configuration.Duration"/> reads it, at least <paramref name="min"/>.</summary>
    public TimeSpan Duration(string name, TimeSpan fallback, TimeSpan min) => Read(
        name,
        fallback,
        text => Configuration.Duration.TryParse(text, out var duration) && duration >= min ? duration : null,
        string.Create(CultureInfo.InvariantCulture, $"a duration such as 5m or 1h30m, at least {min.TotalSeconds} s"),
        Configuration.Duration.Format);

    /// <summary>One of an enumeration's names, in any case.</summary>
    public T Choice<T>(string name, T fallback)
        where T : struct, Enum => Read(
        name,
        fallback,
        static text => !char.IsAsciiDigit(text[0]) && Enum.TryParse<T>(text, ignoreCase: true, out var choice) && Enum.IsDefined(choice) ? choice : null,
        "one of " + string.Join(", ", Enum.GetNames<T>()),
        static choice => choice.ToString());

    /// <summary>An absolute http or https URL, or null.</summary>
    public Uri? Url(string name)
    {
        Uri? url = null;
        if (Text(name) is { } text && !(Uri.TryCreate(text, UriKind.Absolute, out url) && url.Scheme is "http" or "https"))
        {
            Fail(name, text, "an absolute http or https URL");
            url = null;
        }

        Show(name, url?.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) ?? "");
        return url;
    }

    /// <summary>Throws a <see cref="SettingsException"/> with all errors when there are any.</summary>
    public void ThrowIfInvalid()
    {
        if (_errors.Count > 0)
        {
            throw new SettingsException(string.Join(Environment.NewLine, _errors));
        }
    }

    private T Read<T>(string name, T fallback, Func<string, T?> read, string expected, Func<T, string> show)
        where T : struct
    {
        var value = fallback;
        if (Text(name) is { } text)
        {
            if (read(text) is { } valid)
            {
                value = valid;
            }
            else
            {
                Fail(name, text, expected);
            }
        }

        Show(name, show(value));
        return value;
    }

    private void Fail(string name, string text, string expected) => _errors.Add($"{name}: \"{text}\" is not {expected}.");
}
