using System.Buffers;
using Almagest.Catalog.Input;

namespace Almagest.Catalog.VoTable;

/// <summary>
/// The bytes of an XML document, as long as no tag of it, and no text outside the element STREAM, is longer than any of a table of stars.
/// A reader keeps each whole, so that a megabyte, compressed, of one attribute's value would become gigabytes of memory.
/// </summary>
internal sealed class BoundedMarkup(Stream content) : ForwardStream
{
    private const int LongestTag = 1 << 20;
    private const int LongestText = 16 << 20;

    // Its rows, in base64, are one text as long as the table, and read in pieces.
    private static readonly byte[] s_endless = "STREAM"u8.ToArray();

    private static readonly SearchValues<byte> s_endOfName = SearchValues.Create(" \t\r\n/>"u8);

    private enum State
    {
        Text,
        Tag,
        Quoted,
        Comment,
        CData,
        Instruction,
    }

    private readonly byte[] _name = new byte[64];
    private int _nameLength;
    private State _state;
    private byte _quote;
    private bool _isEndless;
    private long _length;

    // The last bytes of what only a sequence ends.
    private byte _last,
        _beforeLast;

    public override int Read(Span<byte> buffer)
    {
        var read = content.Read(buffer);
        Follow(buffer[..read]);
        return read;
    }

    private void Follow(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var taken = _state switch
            {
                State.Text => InText(bytes),
                State.Tag => InTag(bytes),
                State.Quoted => InQuotes(bytes),
                State.Comment => Until(bytes, (byte)'-', (byte)'-'),
                State.CData => Until(bytes, (byte)']', (byte)']'),
                _ => Until(bytes, 0, (byte)'?'),
            };
            bytes = bytes[taken..];
        }
    }

    private int InText(ReadOnlySpan<byte> bytes)
    {
        var at = bytes.IndexOf((byte)'<');
        if (at < 0)
            return Grow(bytes.Length, _isEndless ? long.MaxValue : LongestText, "a text");
        Grow(at, _isEndless ? long.MaxValue : LongestText, "a text");
        Begin(State.Tag);
        _nameLength = 0;
        return at + 1;
    }

    private int InTag(ReadOnlySpan<byte> bytes)
    {
        if (_nameLength < _name.Length)
        {
            // Byte by byte: what it is shows in its first ones.
            _name[_nameLength++] = bytes[0];
            var name = _name.AsSpan(0, _nameLength);
            if (name.SequenceEqual("!--"u8))
                Begin(State.Comment);
            else if (name.SequenceEqual("![CDATA["u8))
                Begin(State.CData);
            else if (name.SequenceEqual("?"u8))
                Begin(State.Instruction);
            else
                TagByte(bytes[0]);
            return 1;
        }
        var at = bytes.IndexOfAny((byte)'>', (byte)'"', (byte)'\'');
        if (at < 0)
            return Grow(bytes.Length, LongestTag, "a tag");
        Grow(at, LongestTag, "a tag");
        TagByte(bytes[at]);
        return at + 1;
    }

    private void TagByte(byte c)
    {
        Grow(1, LongestTag, "a tag");
        if (c is (byte)'"' or (byte)'\'')
            (_state, _quote) = (State.Quoted, c);
        else if (c == '>')
        {
            _isEndless = IsEndless();
            Begin(State.Text);
        }
    }

    private int InQuotes(ReadOnlySpan<byte> bytes)
    {
        var at = bytes.IndexOf(_quote);
        if (at < 0)
            return Grow(bytes.Length, LongestTag, "a tag");
        _state = State.Tag;
        return Grow(at + 1, LongestTag, "a tag");
    }

    private int Until(ReadOnlySpan<byte> bytes, byte first, byte second)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            var c = bytes[i];
            if (c == '>' && _last == second && (first == 0 || _beforeLast == first))
            {
                var wasText = _state == State.CData;
                var length = _length;
                Begin(State.Text);
                // The text around it goes on.
                _length = wasText ? length : 0;
                return i + 1;
            }
            (_beforeLast, _last) = (_last, c);
            if (_state == State.CData)
                Grow(1, LongestText, "a text");
        }
        return bytes.Length;
    }

    private void Begin(State state) => (_state, _length, _last, _beforeLast) = (state, 0, 0, 0);

    private int Grow(int bytes, long most, string what)
    {
        _length += bytes;
        if (_length > most)
            throw new CatalogFormatException(
                $"The VOTable has {what} of more than {most:N0} bytes: it is damaged, or not a table of stars."
            );
        return bytes;
    }

    // The name ends at the first byte that is none of a name's; a prefix of a namespace may come before it.
    private bool IsEndless()
    {
        var name = _name.AsSpan(0, _nameLength);
        var end = name.IndexOfAny(s_endOfName);
        if (end >= 0)
            name = name[..end];
        return name[(name.IndexOf((byte)':') + 1)..].SequenceEqual(s_endless);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            content.Dispose();
        base.Dispose(disposing);
    }
}
