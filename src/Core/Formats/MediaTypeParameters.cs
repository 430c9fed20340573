namespace PushGateway.Formats;

/// <summary>
/// Reads the parameters of a media type (RFC 9110, section 5.6.6): <c>name=token</c> or <c>name="quoted"</c>, each after a semicolon. A
/// semicolon may also stand alone. As in Go, blanks around the equals sign are ignored.
/// </summary>
internal ref struct MediaTypeParameters(ReadOnlySpan<char> mediaType)
{
    private ReadOnlySpan<char> _rest = mediaType.IndexOf(';') is var start and >= 0 ? mediaType[start..] : default;

    /// <summary>Whether reading stopped before the end because of a syntax error.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Reads the next parameter. Escapes in a quoted value are not decoded.</summary>
    public bool TryRead(out ReadOnlySpan<char> name, out ReadOnlySpan<char> value)
    {
        name = default;
        value = default;
        _rest = _rest.TrimStart(" \t");
        if (_rest.IsEmpty || _rest[0] != ';')
        {
            IsMalformed |= !_rest.IsEmpty;
            return false;
        }

        _rest = _rest.TrimStart("; \t");
        if (_rest.IsEmpty)
        {
            return false;
        }

        if (!TryReadToken(out name))
        {
            return false;
        }

        _rest = _rest.TrimStart(" \t");
        if (!_rest.StartsWith("="))
        {
            IsMalformed = true;
            return false;
        }

        _rest = _rest[1..].TrimStart(" \t");
        return _rest.StartsWith("\"") ? TryReadQuoted(out value) : TryReadToken(out value);
    }

    private bool TryReadToken(out ReadOnlySpan<char> token)
    {
        var length = _rest.IndexOfAny(";= \t\"");
        token = length < 0 ? _rest : _rest[..length];
        _rest = _rest[token.Length..];
        IsMalformed = token.IsEmpty;
        return !IsMalformed;
    }

    private bool TryReadQuoted(out ReadOnlySpan<char> value)
    {
        for (var i = 1; i < _rest.Length; i++)
        {
            if (_rest[i] == '\\')
            {
                i++;
            }
            else if (_rest[i] == '"')
            {
                value = _rest[1..i];
                _rest = _rest[(i + 1)..];
                return true;
            }
        }

        value = default;
        IsMalformed = true;
        return false;
    }
}
