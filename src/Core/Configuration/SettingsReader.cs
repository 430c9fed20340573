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
    public bool Flag(string name)
    {
        var text = Text(name);
        if (text is not null && !bool.TryParse(text, out _))
        {
            Fail(name, text, "true or false", false);
        }

        var isOn = bool.TryParse(text, out var value) && value;
        Show(name, isOn ? "true" : "false");
        return isOn;
    }

    /// <summary>A whole number from <paramref name="min"/> to <paramref name="max"/>.</summary>
    public long Number(string name, long fallback, long min, long max)
    {
        var number = ReadNumber(name, fallback, min, max);
        Show(name, number.ToString(CultureInfo.InvariantCulture));
        return number;
    }

    /// <summary>A duration as <see cref="Configuration.Duration"/> reads it, at least <paramref name="min"/>.</summary>
    public TimeSpan Duration(string name, TimeSpan fallback, TimeSpan min)
    {
        var duration = ReadDuration(name, fallback, min);
        Show(name, Configuration.Duration.Format(duration));
        return duration;
    }

    /// <summary>An absolute http or https URL, or null.</summary>
    public Uri? Url(string name)
    {
        var url = ReadUrl(name);
        Show(name, url?.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) ?? "");
        return url;
    }

    /// <summary>One of an enumeration's names, in any case.</summary>
    public T Choice<T>(string name, T fallback)
        where T : struct, Enum
    {
        var choice = ReadChoice(name, fallback);
        Show(name, choice.ToString());
        return choice;
    }

    /// <summary>Throws a <see cref="SettingsException"/> with all errors when there are any.</summary>
    public void ThrowIfInvalid()
    {
        if (_errors.Count > 0)
        {
            throw new SettingsException(string.Join(Environment.NewLine, _errors));
        }
    }

    private long ReadNumber(string name, long fallback, long min, long max)
    {
        var text = Text(name);
        if (text is null)
        {
            return fallback;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
        {
            return number;
        }

        return Fail(name, text, $"a whole number from {min} to {max}", fallback);
    }

    private TimeSpan ReadDuration(string name, TimeSpan fallback, TimeSpan min)
    {
        var text = Text(name);
        if (text is null)
        {
            return fallback;
        }

        if (Configuration.Duration.TryParse(text, out var duration) && duration >= min)
        {
            return duration;
        }

        return Fail(name, text, $"a duration such as 5m or 1h30m, at least {min.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s", fallback);
    }

    private Uri? ReadUrl(string name)
    {
        var text = Text(name);
        if (text is null)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps))
        {
            return url;
        }

        return Fail<Uri?>(name, text, "an absolute http or https URL", null);
    }

    private T ReadChoice<T>(string name, T fallback)
        where T : struct, Enum
    {
        var text = Text(name);
        if (text is null)
        {
            return fallback;
        }

        if (!char.IsAsciiDigit(text[0]) && Enum.TryParse<T>(text, ignoreCase: true, out var choice) && Enum.IsDefined(choice))
        {
            return choice;
        }

        return Fail(name, text, "one of " + string.Join(", ", Enum.GetNames<T>()), fallback);
    }

    private T Fail<T>(string name, string text, string expected, T fallback)
    {
        _errors.Add($"{name}: \"{text}\" is not {expected}.");
        return fallback;
    }
}
