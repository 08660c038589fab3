using System.Xml;
using Almagest.Catalog.Input;

namespace Almagest.Catalog.VoTable;

/// <summary>The decoded content of a base64 element, read as far as needed.</summary>
internal sealed class Base64ElementStream(XmlReader xml) : ForwardStream
{
    private readonly byte[] _chunk = new byte[32 * 1024];

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
            return 0;
        var read = xml.ReadElementContentAsBase64(_chunk, 0, Math.Min(buffer.Length, _chunk.Length));
        _chunk.AsSpan(0, read).CopyTo(buffer);
        return read;
    }
}

/// <summary>Takes pieces of any length from a stream, within a bound.</summary>
internal sealed class ByteSource(Stream stream, int maxBytes)
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _start,
        _end;

    /// <summary>Bytes taken so far.</summary>
    public long Taken { get; private set; }

    /// <summary>True where no byte is left.</summary>
    public bool AtEnd => _start == _end && !Fill(1);

    /// <summary>The next bytes; valid until the next call.</summary>
    /// <exception cref="CatalogFormatException">the stream ends before, or the piece is longer than the bound</exception>
    public ReadOnlySpan<byte> Take(long count)
    {
        if (count > maxBytes)
            throw new CatalogFormatException(
                $"The VOTable's binary stream holds a value of {count:N0} bytes, more than {maxBytes:N0}: it is damaged, or no table "
                    + $"of stars."
            );
        if (_end - _start < count && !Fill((int)count))
            throw new CatalogFormatException(
                "The VOTable's binary stream ends within a row: the file is damaged or cut short. Fetch it again."
            );
        var bytes = _buffer.AsSpan(_start, (int)count);
        _start += (int)count;
        Taken += count;
        return bytes;
    }

    private bool Fill(int count)
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        while (_end < count)
        {
            // Grow only as far as there are bytes: a declared length is not a promise.
            if (_end == _buffer.Length)
                Array.Resize(ref _buffer, _buffer.Length * 2);
            var read = stream.Read(_buffer, _end, _buffer.Length - _end);
            if (read == 0)
                return false;
            _end += read;
        }
        return true;
    }
}
