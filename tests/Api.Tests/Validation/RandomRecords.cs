using System.Text;

namespace PushGateway.Api.Tests.Validation;

/// <summary>Bodies of JSON records, valid and nearly valid, and their mutations. The same seed makes the same bodies.</summary>
internal sealed class RandomRecords(int seed, bool toGroups = false)
{
    public const long Now = 1_700_000_000_000;

    private static readonly string[] Names =
        ["a", "b", "temperature", "ph", "a.b", "a_b", "a:b", "a-b", "9a", "_9a", "\\u0061", "gr\\u00fcn", "grün", "x😀", "x\\ud83d\\ude00", "a/b~c", "with space"];

    private static readonly string[] BadNames =
        ["", "__name__", "_:name__", "__x", "-_x", "\\ud800", "a\\udc00", "a name much longer than what is allowed here", "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀", "\uFFFF\\u0000"];

    private static readonly string[] Numbers =
        ["0", "-0", "12", "12.0", "1e3", "-1.5E-7", "\"14.3\"", "\"6\"", "\"+1\"", "\".5\"", "\"1.\"", "\"NaN\"", "\"-Inf\"", "\"\\u0031\"", "9223372036854775808"];

    private static readonly string[] BadValues =
        ["null", "true", "\"\"", "\" 1\"", "\"1e\"", "\"nan\"", "\"\\ud800\"", "{}", "{\"b\":[1,{\"b\":2}]}", "[]", "[1]", "1e999", "\"-1e999\"", "\"0x1\"", "\"long enough to be no good label\""];

    private static readonly string[] Strings = ["\"\"", "\"x\"", "\"customer1\"", "\"a\\\"b\\n\"", "\"\\u00e9é\\ud83d\\ude00\"", "\"twelve bytes\""];

    private static readonly string[] Groups =
        ["\"job\":\"a\"", "\"job\":\"b\"", "\"job\":\"a\",\"instance\":\"x\"", "\"instance\":\"x\",\"job\":\"\\u0061\"", "\"job\":\"a/b\",\"a\":\"é\"", "\"job\":\"b\",\"b\":\"1\",\"c\":\"2\",\"ph\":\"3\""];

    private static readonly string[] BadLabels =
        ["", "\"job\":\"\"", "\"job\":1", "\"job\":\"a\"", "\"9a\":\"x\"", "\"a-b\":\"x\"", "\"__a\":\"x\"", "\"\":\"x\"", "\"\\ud800\":\"x\"", "\"a\":\"\\ud800\"", "\"a\":null", "\"a\":{\"job\":\"x\"}", "\"a_label_name_too_long\":\"x\"", "\"a\":\"a value too long\"", "\"a\":\"\""];

    private static readonly string[] BadTimestamps =
        ["1700000005001", "1699913599999", "null", "\"1700000000000\"", "1.7e12", "1700000000000.0", "9223372036854775808", "-1", "[]", "true"];

    private static readonly string[] Fragments =
        ["{", "}", "[", "]", ",", ":", "\"", "\\", "\n", "null", "{}", "[]", "\"dimensions\":{},", "\"metrics\":{},", "\"timestamp\":0,", "\"a\":1,", "\\ud800", "1e999", "\uFEFF", "-", "0"];

    private readonly Random _random = new(seed);

    /// <summary>A body of one record or several, about half of them without a mistake.</summary>
    public byte[] NextBody()
    {
        // Mistakes are rare in each place, so that every rule is also the only one broken.
        var mistakes = _random.Next(4) switch { 0 => 0.2, 1 => 0.03, _ => 0 };
        var records = new string[_random.Next(3) == 0 ? _random.Next(2, 5) : 1];
        for (var i = 0; i < records.Length; i++)
        {
            records[i] = Chance(mistakes / 4) ? Any(BadValues)
                : toGroups && i > 0 && Chance(0.1) ? records[i - 1]
                : NextRecord(mistakes);
        }

        var body = _random.Next(3) switch
        {
            0 => $"[{string.Join(',', records)}]",
            1 => string.Join('\n', records) + "\n",
            _ => string.Concat(records),
        };
        return Encoding.UTF8.GetBytes(Chance(0.05) ? "\uFEFF" + body : body);
    }

    /// <summary>A body with one to three bytes flipped, removed or put in, cut short, or joined with a part of another.</summary>
    public byte[] Mutate(byte[] body)
    {
        var bytes = new List<byte>(body);
        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            var at = _random.Next(bytes.Count + 1);
            var length = Math.Min(_random.Next(1, 9), bytes.Count - at);
            switch (_random.Next(7))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << _random.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = (byte)_random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                case 4:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Any(Fragments)));
                    break;
                case 5 when Chance(0.3):
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    var other = NextBody();
                    bytes.RemoveRange(at, length);
                    bytes.InsertRange(at, other.AsSpan(_random.Next(other.Length)).ToArray());
                    break;
            }
        }

        return [.. bytes];
    }

    private string NextRecord(double mistakes)
    {
        var members = new List<string>();
        if (!Chance(toGroups ? 0.5 : mistakes / 2))
        {
            members.Add($"\"{(Chance(0.1) ? "\\u0064imensions" : "dimensions")}\":{NextMap(mistakes, Strings)}");
        }

        if (!Chance(mistakes / 2))
        {
            members.Add($"\"metrics\":{NextMap(mistakes, Numbers)}");
        }

        if (toGroups && !Chance(mistakes / 2))
        {
            members.Add($"\"{(Chance(0.1) ? "grou\\u0070" : "group")}\":{NextGroup(mistakes)}");
        }

        if (Chance(toGroups ? 0.1 : 0.6))
        {
            members.Add($"\"timestamp\":{(Chance(mistakes) ? Any(BadTimestamps) : (Now - _random.Next(86_400_001)).ToString())}");
        }

        if (Chance(mistakes))
        {
            members.Add(_random.Next(4) switch
            {
                0 => "\"unknown\":1",
                1 => "\"\\ud800\":{}",
                2 => "\"metrics\":{\"a\":1}",
                _ => members.Count > 0 ? members[0] : "\"Metrics\":[]",
            });
        }

        _random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(members));
        return $"{{{string.Join(Chance(0.1) ? " ,\n" : ",", members)}}}";
    }

    private string NextGroup(double mistakes)
    {
        if (Chance(mistakes / 4))
        {
            return Any(BadValues);
        }

        string[] labels = Chance(mistakes) ? [Any(BadLabels)] : Chance(mistakes) ? [Any(Groups), Any(BadLabels)] : [Any(Groups)];
        return $"{{{string.Join(',', labels.Where(label => label.Length > 0))}}}";
    }

    private string NextMap(double mistakes, string[] values)
    {
        if (Chance(mistakes / 4))
        {
            return Any(BadValues);
        }

        var members = new string[Chance(mistakes / 4) ? 0 : _random.Next(1, Chance(mistakes) ? 9 : 5)];
        var first = _random.Next(Names.Length);
        for (var i = 0; i < members.Length; i++)
        {
            // Neighbours in the list of names may collide; steps of 3 mostly do not.
            var name = Chance(mistakes / 2) ? Any(BadNames) : Names[(first + (i * (Chance(mistakes) ? 1 : 3))) % Names.Length];
            members[i] = $"\"{name}\":{(Chance(mistakes / 2) ? Any(BadValues) : Any(values))}";
        }

        return $"{{{string.Join(',', members)}}}";
    }

    private string Any(string[] choices) => choices[_random.Next(choices.Length)];

    private bool Chance(double probability) => _random.NextDouble() < probability;
}
