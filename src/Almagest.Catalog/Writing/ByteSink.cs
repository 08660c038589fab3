using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Almagest.Catalog.Writing;

/// <summary>Bytes that grow until they are drained into a stream. Numbers as text read back equal; numbers as bytes are big-endian, as
/// VOTable and FITS have them.</summary>
internal sealed class ByteSink
{
    // What XML must escape, or cannot hold at all.
    private static readonly SearchValues<char> s_special = SearchValues.Create([
        .. Enumerable.Range(0, 32).Select(i => (char)i),
        '&',
        '<',
        '>',
        '"',
        '\uFFFE',
        '\uFFFF',
    ]);

    private byte[] _bytes = new byte[1 << 16];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Add(byte value)
    {
        Reserve(1)[0] = value;
        Length++;
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Zero bytes, to be filled in later.</summary>
    public Span<byte> Zeros(int count)
    {
        var span = Reserve(count)[..count];
        span.Clear();
        Length += count;
        return span;
    }

    public void AddInt32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(Reserve(4), value);
        Length += 4;
    }

    public void AddInt64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(Reserve(8), value);
        Length += 8;
    }

    public void AddDouble(double value)
    {
        BinaryPrimitives.WriteDoubleBigEndian(Reserve(8), value);
        Length += 8;
    }

    /// <summary>As UTF-8.</summary>
    public void AddText(ReadOnlySpan<char> text) =>
        Length += Encoding.UTF8.GetBytes(text, Reserve(Encoding.UTF8.GetMaxByteCount(text.Length)));

    /// <summary>As UTF-8, for the content of an element or a quoted attribute; what XML cannot hold becomes U+FFFD.</summary>
    public void AddXml(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAny(s_special) is var at and >= 0)
        {
            AddText(text[..at]);
            Add(
                text[at] switch
                {
                    '&' => "&amp;"u8,
                    '<' => "&lt;"u8,
                    '>' => "&gt;"u8,
                    '"' => "&quot;"u8,
                    '\t' => "&#9;"u8,
                    '\n' => "&#10;"u8,
                    '\r' => "&#13;"u8,
                    _ => "\uFFFD"u8,
                }
            );
            text = text[(at + 1)..];
        }
        AddText(text);
    }

    public void AddDigits(long value)
    {
        Utf8Formatter.TryFormat(value, Reserve(20), out var length);
        Length += length;
    }

    /// <summary>The shortest text that reads back equal; infinities as VOTable writes them.</summary>
    public void AddDigits(double value)
    {
        if (double.IsInfinity(value))
        {
            Add(value > 0 ? "+Inf"u8 : "-Inf"u8);
            return;
        }
        value.TryFormat(Reserve(32), out var length, "R", CultureInfo.InvariantCulture);
        Length += length;
    }

    public void Clear() => Length = 0;

    /// <summary>Drops what stands before <paramref name="count"/>.</summary>
    public void DropFirst(int count)
    {
        _bytes.AsSpan(count, Length - count).CopyTo(_bytes);
        Length -= count;
    }

    public async Task DrainAsync(Stream stream, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(_bytes.AsMemory(0, Length), cancellationToken);
        Length = 0;
    }

    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - Length < count)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        return _bytes.AsSpan(Length);
    }
}
