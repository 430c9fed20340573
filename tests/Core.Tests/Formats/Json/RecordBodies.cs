using System.Globalization;
using System.Text;

namespace PushGateway.Core.Tests.Formats.Json;

/// <summary>Bodies of records, by seed: valid ones, and damaged ones.</summary>
internal sealed class RecordBodies(int seed)
{
    private static readonly string[] Names = ["a", "site", "device_id", "temperature", "a:b", "1st", "h\u00e9", "__name__", "x\\n", "", "a_b"];
    private static readonly string[] Values = ["", "x", "device-17", "a value longer than sixteen bytes", "h\u00e9 \ud83d\ude00", "q\\\"q", "\\u0041", "\\ud800"];

    private static readonly string[] Numbers =
        ["0", "-0", "1", "21.5", "-3.25e-2", "1E5", "007", "1.", ".5", "+4", "9007199254740993", "9223372036854775807", "9223372036854775808", "1e400", "1e-400",
            "12345678901234567890.5", "1e22", "1e23", "NaN", "Inf", "+Inf", "-Inf", "nan", "1_0", "0x1", "", " 1", "-", "1e", "00.5"];

    private static readonly string[] Fragments =
        ["{", "}", "[", "]", ",", ":", "\"", "\\", " ", "\n", "\t", "\r", "null", "true", "\"dimensions\":{\"a\":\"b\"}", "\"metrics\":{\"m\":1}", "\"timestamp\":1699999999999",
            "\"timestamp\":1.5", "\"other\":1", "\u0001", "0", "1e5", "/**/"];

    private readonly Random _random = new(seed);

    /// <summary>Records that are mostly taken.</summary>
    public byte[] Valid()
    {
        var records = Enumerable.Range(0, _random.Next(4) == 0 ? _random.Next(1, 5) : 1).Select(_ => Record()).ToList();
        var text = _random.Next(3) == 0 ? $"[{string.Join(Blank() + ",", records)}]" : string.Join(_random.Next(8) == 0 ? "" : "\n", records);
        return Encoding.UTF8.GetBytes((_random.Next(16) == 0 ? "\ufeff" : "") + text + Blank());
    }

    /// <summary>The same with bytes removed, repeated, changed or put in.</summary>
    public byte[] Mutated()
    {
        var body = Valid().ToList();
        for (var change = _random.Next(1, 4); change > 0 && body.Count > 0; change--)
        {
            var at = _random.Next(body.Count);
            var length = Math.Min(_random.Next(1, 12), body.Count - at);
            switch (_random.Next(4))
            {
                case 0:
                    body.RemoveRange(at, length);
                    break;
                case 1:
                    body.InsertRange(at, body.GetRange(at, length));
                    break;
                case 2:
                    body[at] = (byte)_random.Next(256);
                    break;
                default:
                    body.InsertRange(at, Encoding.UTF8.GetBytes(Pick(Fragments)));
                    break;
            }
        }

        return [.. body];
    }

    private string Record()
    {
        List<string> members = [Object("dimensions", Values), Object("metrics", Numbers)];
        if (_random.Next(2) == 0)
        {
            members.Insert(_random.Next(3), $"\"timestamp\"{Blank()}:{Blank()}{JsonRecords.Now + (_random.Next(20) == 0 ? _random.NextInt64(-1L << 40, 1L << 40) : _random.Next(-5000, 5000))}");
        }

        if (_random.Next(8) == 0)
        {
            members.Reverse();
        }

        return $"{{{Blank()}{string.Join($"{Blank()},{Blank()}", members)}{Blank()}}}";
    }

    private string Object(string key, string[] values)
    {
        var members = Enumerable.Range(0, _random.Next(20) == 0 ? 0 : _random.Next(1, 4)).Select(i => $"\"{Name(i)}\"{Blank()}:{Blank()}{Value(values)}");
        return $"\"{key}\"{Blank()}:{Blank()}{{{Blank()}{string.Join($"{Blank()},{Blank()}", members)}{Blank()}}}";
    }

    private string Name(int index) => _random.Next(6) == 0 ? Pick(Names) : string.Create(CultureInfo.InvariantCulture, $"n{index}");

    private string Value(string[] values)
    {
        var value = _random.Next(3) == 0 ? Pick(values) : values == Numbers ? $"{_random.Next(-100, 1000)}" : $"v{_random.Next(10)}";
        return values == Numbers && _random.Next(2) == 0 ? value : $"\"{value}\"";
    }

    private string Blank() => _random.Next(12) == 0 ? Pick([" ", "\n", "\t", "\r\n", "  "]) : "";

    private string Pick(string[] from) => from[_random.Next(from.Length)];
}
