using System.Text;
using System.Text.Json;
using PushGateway.Push;

namespace PushGateway.Formats.Json;

/// <summary>
/// The JSON of a body of records: one object, one array, or several objects one after another. A body that breaks this anywhere is
/// refused as <see cref="RejectCode.JsonInvalid"/>, whatever is wrong with the records before.
/// </summary>
public static class RecordSyntax
{
    // What the reader says of a wrong literal: it quotes the rest of the body before it.
    private const int ReasonLength = 64;
    private const int ExcerptLength = 64;

    /// <summary>How a body is read: RFC 8259, nested no deeper than the reader's default of 64, one or more values.</summary>
    public static JsonReaderOptions Options => new() { AllowMultipleValues = true };

    /// <summary>The error of a body that holds no record.</summary>
    public static PushError Empty { get; } = new(RejectCode.Empty, "the body holds no record", Pointer: "");

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The body without the byte order mark that some editors and shells put before it.</summary>
    public static ReadOnlySpan<byte> TrimByteOrderMark(ReadOnlySpan<byte> utf8) =>
        utf8.StartsWith(ByteOrderMark) ? utf8[ByteOrderMark.Length..] : utf8;

    /// <summary>Reads a body to its end; null when its JSON is valid.</summary>
    /// <param name="utf8">The body, without byte order mark.</param>
    /// <param name="indexed">Whether there may be more than one record, so that pointers begin with the record's index.</param>
    public static PushError? Check(ReadOnlySpan<byte> utf8, out bool indexed)
    {
        indexed = false;
        var reader = new Utf8JsonReader(utf8, Options);
        try
        {
            for (var values = 0; reader.Read(); values++)
            {
                if (values == 1 && indexed)
                {
                    return AfterArray(utf8, reader.TokenStartIndex);
                }

                indexed = values > 0 || reader.TokenType == JsonTokenType.StartArray;
                reader.Skip();
            }

            return null;
        }
        catch (JsonException exception)
        {
            return Invalid(exception);
        }
    }

    /// <summary>Returns where the records of a body are. The JSON of the body must be valid.</summary>
    public static IReadOnlyList<Range> FindRecords(ReadOnlySpan<byte> utf8)
    {
        var records = new List<Range>();
        var reader = new Utf8JsonReader(utf8, Options);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.StartArray && reader.CurrentDepth == 0 && records.Count == 0)
            {
                continue;
            }

            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            records.Add(start..(int)reader.BytesConsumed);
        }

        return records;
    }

    /// <summary>The refusal of a body that the reader could not read.</summary>
    internal static PushError Invalid(JsonException exception)
    {
        // The reader ends its sentence with the place, in its own words and counted from 0.
        var sentence = exception.Message.AsSpan();
        var place = sentence.IndexOf(" LineNumber: ");
        sentence = (place < 0 ? sentence : sentence[..place]).TrimEnd('.');
        var line = (int)(exception.LineNumber ?? 0) + 1;
        return new PushError(
            RejectCode.JsonInvalid,
            $"not valid JSON in line {line}, byte {(exception.BytePositionInLine ?? 0) + 1}: {Shorten(sentence)}",
            line);
    }

    /// <summary>The refusal of a body in which a value begins at <paramref name="offset"/>, after an array of records.</summary>
    internal static PushError AfterArray(ReadOnlySpan<byte> utf8, long offset)
    {
        var line = utf8[..(int)offset].Count((byte)'\n') + 1;
        return new PushError(RejectCode.JsonInvalid, $"not valid JSON in line {line}: nothing may follow an array of records", line);
    }

    // One line of a bounded length, whatever the sender's text in it is.
    private static string Shorten(ReadOnlySpan<char> sentence)
    {
        var text = new StringBuilder();
        if (sentence.Length <= ExcerptLength + ReasonLength)
        {
            text.Append(sentence);
        }
        else
        {
            var reason = sentence[^ReasonLength..];
            text.Append(sentence[..(char.IsHighSurrogate(sentence[ExcerptLength - 1]) ? ExcerptLength - 1 : ExcerptLength)])
                .Append('…')
                .Append(reason[(char.IsLowSurrogate(reason[0]) ? 1 : 0)..]);
        }

        for (var i = 0; i < text.Length; i++)
        {
            text[i] = char.IsControl(text[i]) ? '\uFFFD' : text[i];
        }

        return text.ToString();
    }
}
