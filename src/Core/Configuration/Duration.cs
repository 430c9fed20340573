using System.Globalization;

namespace PushGateway.Configuration;

/// <summary>Durations as Prometheus writes them: <c>1h30m</c>, <c>15s</c>, <c>500ms</c>, <c>0</c>. Units: y, w, d, h, m, s, ms, in that order.</summary>
public static class Duration
{
    private static readonly (string Unit, long Milliseconds)[] Units =
    [
        ("y", 365L * 24 * 3600 * 1000), ("w", 7L * 24 * 3600 * 1000), ("d", 24L * 3600 * 1000), ("h", 3600 * 1000), ("m", 60 * 1000), ("s", 1000), ("ms", 1),
    ];

    /// <summary>Writes a duration of whole milliseconds: in seconds when it is a whole number of them, otherwise in milliseconds.</summary>
    public static string Format(TimeSpan duration)
    {
        var milliseconds = (long)duration.TotalMilliseconds;
        return milliseconds % 1000 == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{milliseconds / 1000}s")
            : string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms");
    }

    /// <summary>Reads a duration; false when the text is not a duration, or is longer than a <see cref="TimeSpan"/> can be.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text is "0")
        {
            return true;
        }

        var unit = 0;
        while (!text.IsEmpty)
        {
            var digits = text.IndexOfAnyExceptInRange('0', '9');
            if (digits <= 0 || !long.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            {
                return false;
            }

            text = text[digits..];
            var name = text.IndexOfAnyInRange('0', '9') is var next and >= 0 ? text[..next] : text;
            while (unit < Units.Length && !name.SequenceEqual(Units[unit].Unit))
            {
                unit++;
            }

            if (unit == Units.Length || count > (long)(TimeSpan.MaxValue - duration).TotalMilliseconds / Units[unit].Milliseconds)
            {
                return false;
            }

            duration += TimeSpan.FromMilliseconds(count * Units[unit++].Milliseconds);
            text = text[name.Length..];
        }

        return unit > 0;
    }
}
