namespace Almagest.Catalog.Delimited;

internal enum RecordKind
{
    Row,
    Comment,
    Blank,
    End,
}

/// <summary>
/// Splits UTF-8 (or any ASCII-compatible) text into records and fields, as bytes, in a bounded buffer. RFC 4180 quoting; LF, CRLF
/// and lone CR each end a physical line, and a quoted field may span several. A quote that is never closed, or is followed by
/// more text, is an ordinary character: one stray quote must not swallow the rest of a catalogue.
/// </summary>
internal sealed class RecordTokenizer
{
    /// <summary>The delimiter that means any run of blanks and tabs.</summary>
    public const byte Whitespace = (byte)' ';

    private const byte Quote = (byte)'"';

    private readonly Stream _stream;
    private readonly byte _delimiter;
    private readonly int _maxRecord;
    private byte[] _buffer;
    private int _position,
        _end;
    private bool _streamEnded;
    private long _line;
    private int[] _starts = new int[32],
        _lengths = new int[32];
    private bool[] _escaped = new bool[32];

    /// <param name="stream">the text from its first record on</param>
    /// <param name="line">the physical line on which the stream starts, from 1</param>
    public RecordTokenizer(Stream stream, byte delimiter, long line = 1, int maxRecordBytes = 4 << 20)
    {
        _stream = stream;
        _delimiter = delimiter;
        _line = line;
        _maxRecord = maxRecordBytes;
        _buffer = new byte[Math.Min(256 * 1024, Math.Max(16, maxRecordBytes))];
    }

    /// <summary>Fields of the current record; a comment has one, its whole line.</summary>
    public int FieldCount { get; private set; }

    /// <summary>The physical line on which the current record starts.</summary>
    public long RecordLine { get; private set; }

    /// <summary>The physical line behind the current record.</summary>
    public long NextLine => _line;

    /// <summary>Bytes from the start of the stream to the end of the current record.</summary>
    public long Consumed { get; private set; }

    /// <summary>One field of the current record, unquoted, blanks around it removed.</summary>
    public ReadOnlySpan<byte> Field(int index)
    {
        if (_escaped[index])
            Unescape(index);
        return _buffer.AsSpan(_starts[index], _lengths[index]);
    }

    /// <exception cref="CatalogFormatException">a record is longer than the bound</exception>
    public RecordKind Read()
    {
        RecordLine = _line;
        while (true)
        {
            var kind = Scan(literal: false, out var next, out var lines);
            if (kind is null)
            {
                if (Fill())
                    continue;
                // The quoted field does not end within the bound or the file: take the quote as it stands.
                kind = Scan(literal: true, out next, out lines) ?? throw TooLong();
            }
            Consumed += next - _position;
            _position = next;
            _line += lines;
            return kind.Value;
        }
    }

    private CatalogFormatException TooLong() =>
        new(
            $"Line {RecordLine} is longer than {_maxRecord:N0} bytes. Expected one star per line; is this the right file, with line "
                + $"ends in place?"
        );

    /// <summary>Reads on behind what is buffered; false at the end of the stream or where the record may not grow.</summary>
    private bool Fill()
    {
        if (_streamEnded)
            return false;
        if (_position > 0)
        {
            _buffer.AsSpan(_position, _end - _position).CopyTo(_buffer);
            _end -= _position;
            _position = 0;
        }
        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= _maxRecord)
                return false;
            Array.Resize(ref _buffer, (int)Math.Min(_maxRecord, _buffer.Length * 2L));
        }
        var read = _stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        if (read == 0)
            _streamEnded = true;
        return true;
    }

    /// <summary>Finds the fields of the record at the position; null where more bytes are needed to tell.</summary>
    private RecordKind? Scan(bool literal, out int next, out int lines)
    {
        var buffer = _buffer.AsSpan(0, _end);
        FieldCount = 0;
        lines = 0;
        var p = SkipBlanks(buffer, _position, tabsToo: true);
        next = p;
        if (p == _end)
            return _streamEnded ? (p == _position ? RecordKind.End : RecordKind.Blank) : null;
        if (buffer[p] is (byte)'\n' or (byte)'\r')
            return EndLine(buffer, p, ref next, ref lines) ? RecordKind.Blank : null;
        if (buffer[p] == (byte)'#')
        {
            var length = buffer[p..].IndexOfAny((byte)'\n', (byte)'\r');
            if (length < 0 && !_streamEnded)
                return null;
            var stop = length < 0 ? _end : p + length;
            Add(p, stop - p, escaped: false);
            next = stop;
            return EndLine(buffer, stop, ref next, ref lines) ? RecordKind.Comment : null;
        }

        var whitespace = _delimiter == Whitespace;
        p = _position;
        while (true)
        {
            var start = SkipBlanks(buffer, p, tabsToo: whitespace);
            if (start == _end && !_streamEnded)
                return null;
            if (whitespace && FieldCount > 0 && (start == _end || buffer[start] is (byte)'\n' or (byte)'\r'))
            {
                p = start;
                return EndLine(buffer, p, ref next, ref lines) ? RecordKind.Row : null;
            }
            if (!literal && start < _end && buffer[start] == Quote)
            {
                var after = ScanQuoted(buffer, start, ref lines);
                if (after == NeedMore)
                    return null;
                if (after == NotQuoted)
                    return Scan(literal: true, out next, out lines);
                p = after;
            }
            else
            {
                ReadOnlySpan<byte> rest = buffer[start..];
                var length = whitespace ? rest.IndexOfAny(" \t\n\r"u8) : rest.IndexOfAny(_delimiter, (byte)'\n', (byte)'\r');
                if (length < 0)
                {
                    if (!_streamEnded)
                        return null;
                    length = rest.Length;
                }
                p = start + length;
                while (length > 0 && rest[length - 1] == (byte)' ')
                    length--;
                Add(start, length, escaped: false);
            }
            if (p < _end && buffer[p] == _delimiter && !whitespace)
            {
                p++;
                continue;
            }
            if (p < _end && whitespace && buffer[p] is (byte)' ' or (byte)'\t')
                continue;
            return EndLine(buffer, p, ref next, ref lines) ? RecordKind.Row : null;
        }
    }

    private const int NeedMore = -1,
        NotQuoted = -2;

    /// <summary>Adds a quoted field; the answer is the position of the delimiter or line end behind it.</summary>
    private int ScanQuoted(ReadOnlySpan<byte> buffer, int start, ref int lines)
    {
        var p = start + 1;
        var escaped = false;
        while (true)
        {
            var step = buffer[p..].IndexOfAny(Quote, (byte)'\n', (byte)'\r');
            // At the end of everything an open quote was never one.
            if (step < 0)
                return _streamEnded ? NotQuoted : NeedMore;
            p += step;
            if (p + 1 == buffer.Length && !_streamEnded)
                return NeedMore;
            var paired = p + 1 < buffer.Length && buffer[p + 1] == (buffer[p] == (byte)'\r' ? (byte)'\n' : Quote);
            if (buffer[p] != Quote)
            {
                lines++;
                p += buffer[p] == (byte)'\r' && paired ? 2 : 1;
                continue;
            }
            if (!paired)
                break;
            escaped = true;
            p += 2;
        }
        var after = SkipBlanks(buffer, p + 1, tabsToo: _delimiter == Whitespace);
        if (after == buffer.Length && !_streamEnded)
            return NeedMore;
        var separated = _delimiter == Whitespace && after > p + 1;
        if (after < buffer.Length && buffer[after] != _delimiter && buffer[after] is not ((byte)'\n' or (byte)'\r') && !separated)
            return NotQuoted;
        Add(start + 1, p - start - 1, escaped);
        return separated && after < buffer.Length && buffer[after] is not ((byte)'\n' or (byte)'\r') ? after - 1 : after;
    }

    private static int SkipBlanks(ReadOnlySpan<byte> buffer, int p, bool tabsToo)
    {
        while (p < buffer.Length && (buffer[p] == (byte)' ' || (tabsToo && buffer[p] == (byte)'\t')))
            p++;
        return p;
    }

    /// <summary>Steps over the line end at <paramref name="p"/> (or the end of the text); false where a CR may have its LF still to
    /// come.</summary>
    private bool EndLine(ReadOnlySpan<byte> buffer, int p, ref int next, ref int lines)
    {
        next = p;
        if (p == _end)
            return _streamEnded;
        if (buffer[p] == (byte)'\r')
        {
            if (p + 1 == _end && !_streamEnded)
                return false;
            if (p + 1 < _end && buffer[p + 1] == (byte)'\n')
                p++;
        }
        next = p + 1;
        lines++;
        return true;
    }

    private void Add(int start, int length, bool escaped)
    {
        if (FieldCount == _starts.Length)
        {
            Array.Resize(ref _starts, FieldCount * 2);
            Array.Resize(ref _lengths, FieldCount * 2);
            Array.Resize(ref _escaped, FieldCount * 2);
        }
        _starts[FieldCount] = start;
        _lengths[FieldCount] = length;
        _escaped[FieldCount++] = escaped;
    }

    private void Unescape(int index)
    {
        var field = _buffer.AsSpan(_starts[index], _lengths[index]);
        var to = 0;
        for (var from = 0; from < field.Length; from++)
        {
            field[to++] = field[from];
            if (field[from] == Quote)
                from++;
        }
        _lengths[index] = to;
        _escaped[index] = false;
    }
}
