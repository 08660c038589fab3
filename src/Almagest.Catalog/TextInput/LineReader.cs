namespace Almagest.Catalog.TextInput;

/// <summary>The physical lines of a text as bytes, in a bounded buffer; LF, CRLF and lone CR each end a line.</summary>
internal sealed class LineReader(Stream stream, int maxLineBytes, long line = 1)
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _position,
        _end,
        _length;
    private bool _ended;

    /// <summary>The physical line of <see cref="Current"/>, from 1.</summary>
    public long Number { get; private set; } = line - 1;

    /// <summary>Bytes from the start of the stream to the end of the current line, line end included.</summary>
    public long Consumed { get; private set; }

    /// <summary>The current line without its end; valid until the next call.</summary>
    public ReadOnlySpan<byte> Current => _buffer.AsSpan(_position - _length, _length);

    private int _step;

    /// <summary>Goes to the next line; false at the end.</summary>
    /// <exception cref="CatalogFormatException">a line is longer than the bound</exception>
    public bool Read()
    {
        _position += _step;
        _step = 0;
        var searched = 0;
        while (true)
        {
            var rest = _buffer.AsSpan(_position, _end - _position);
            var length = rest[searched..].IndexOfAny((byte)'\n', (byte)'\r');
            if (length >= 0)
            {
                length += searched;
                var cr = rest[length] == '\r';
                // A CR may have its LF still to come.
                if (!cr || length + 1 < rest.Length || _ended)
                    return Take(length, cr && length + 1 < rest.Length && rest[length + 1] == '\n' ? 2 : 1);
                searched = length;
            }
            else
            {
                searched = rest.Length;
                if (_ended)
                    return rest.Length > 0 && Take(rest.Length, 0);
            }
            Fill(searched);
        }
    }

    /// <summary>What was read from the stream already and lies behind the current line.</summary>
    public byte[] Rest() => _buffer[(_position + _step).._end];

    private bool Take(int length, int step)
    {
        _length = length;
        _step = step;
        _position += length;
        Consumed += length + step;
        Number++;
        return true;
    }

    private void Fill(int searched)
    {
        _buffer.AsSpan(_position, _end - _position).CopyTo(_buffer);
        _end -= _position;
        _position = 0;
        if (_end == _buffer.Length)
        {
            if (searched >= maxLineBytes)
                throw new CatalogFormatException(
                    $"Line {Number + 1} is longer than {maxLineBytes:N0} bytes. Expected one star per line; is this the right file, "
                        + $"with line ends in place?"
                );
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        if (read == 0)
            _ended = true;
        _end += read;
    }
}
