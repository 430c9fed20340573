using System.Globalization;

namespace PushGateway.Configuration;

/// <summary>
/// Reads settings by name and collects everything that is wrong with them, so that one start shows all mistakes.
/// An empty value counts as not set.
/// </summary>
/// <param name="lookup">Finds a setting's text by its name, for example in the environment.</param>
public sealed class SettingsReader(Func<string, string?> lookup)
{
    private readonly List<string> _errors = [];

    /// <summary>A sentence for each setting that could not be read.</summary>
    public IReadOnlyList<string> Errors => _errors;

    /// <summary>Adds an error that concerns more than one setting, or that another reader found.</summary>
    public void Refuse(string sentence) => _errors.Add(sentence);

    /// <summary>Text, or null.</summary>
    public string? Text(string name) => lookup(name) is { Length: > 0 } text ? text : null;

    /// <summary>A whole number within bounds.</summary>
    public long Number(string name, long fallback, long min, long max)
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

    /// <summary>A duration as <see cref="Configuration.Duration"/> reads it, at least <paramref name="min"/>.</summary>
    public TimeSpan Duration(string name, TimeSpan fallback, TimeSpan min)
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

    /// <summary>An absolute http or https URL, or null.</summary>
    public Uri? Url(string name)
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

    /// <summary><c>true</c> or <c>false</c>, in any case.</summary>
    public bool Flag(string name, bool fallback)
    {
        var text = Text(name);
        if (text is null)
        {
            return fallback;
        }

        return bool.TryParse(text, out var flag) ? flag : Fail(name, text, "true or false", fallback);
    }

    /// <summary>One of an enumeration's names, in any case.</summary>
    public T Choice<T>(string name, T fallback)
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

    /// <summary>Throws <see cref="SettingsException"/> with every error when there was one.</summary>
    public void ThrowIfInvalid()
    {
        if (_errors.Count > 0)
        {
            throw new SettingsException(string.Join(Environment.NewLine, _errors));
        }
    }

    private T Fail<T>(string name, string text, string expected, T fallback)
    {
        _errors.Add($"{name}: \"{text}\" is not {expected}.");
        return fallback;
    }
}
