using System.IO.Compression;

namespace Almagest.Catalog.Input;

/// <summary>
/// Decompresses gzip (RFC 1952, several members too) and notices when the data is cut short, which <see cref="GZipStream"/> does not:
/// it takes the end of its input for the end of the data. So a member of ours is put behind the file's last byte. It comes out whole
/// at the end, and is taken away again, only where the file's own members are complete.
/// </summary>
internal sealed class GunzipStream : ForwardStream
{
    private static readonly byte[] s_sentinel = "\u0001almagest: end of gzip data\u0002"u8.ToArray();
    private static readonly byte[] s_sentinelMember = Compress(s_sentinel);

    /// <summary>Catalogues shrink to a tenth, seldom to a fiftieth; what swells more than this, beyond some size, is made to
    /// harm.</summary>
    private const long MostRatio = 250,
        HarmlessBytes = 256L << 20;

    private readonly CountingStream _raw;
    private readonly GZipStream _inflated;
    private long _inflatedBytes;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start,
        _end;
    private bool _ended;

    public GunzipStream(Stream raw)
    {
        _raw = new CountingStream(raw, leaveOpen: false);
        _inflated = new GZipStream(new ConcatStream(_raw, new MemoryStream(s_sentinelMember)), CompressionMode.Decompress);
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
            return 0;
        // All but the last bytes may go out; those may turn out to be the sentinel.
        while (_end - _start <= s_sentinel.Length && !_ended)
            Fill();
        var count = Math.Min(buffer.Length, _end - _start - (_ended ? 0 : s_sentinel.Length));
        if (count <= 0)
            return 0;
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    private void Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        int read;
        try
        {
            read = _inflated.Read(_buffer, _end, _buffer.Length - _end);
        }
        catch (InvalidDataException e)
        {
            throw Broken(e);
        }
        _end += read;
        _inflatedBytes += read;
        if (_inflatedBytes > HarmlessBytes && _inflatedBytes / MostRatio > _raw.Count)
            throw new CatalogFormatException(
                $"The gzip data swells more than {MostRatio}-fold ({_raw.Count:N0} bytes gave {_inflatedBytes:N0} so far), as no "
                    + $"catalogue does. If it is one, unpack it yourself: `gunzip FILE`."
            );
        if (read > 0)
            return;
        if (!_buffer.AsSpan(0, _end).EndsWith(s_sentinel))
            throw Broken(null);
        _end -= s_sentinel.Length;
        _ended = true;
    }

    private static CatalogFormatException Broken(Exception? inner) =>
        new(
            "The gzip data is damaged or cut short (an interrupted download or copy?): its end or checksum does not fit. "
                + "Fetch the file again; `gzip -t FILE` checks it.",
            inner!
        );

    private static byte[] Compress(byte[] data)
    {
        var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Optimal))
            gzip.Write(data);
        return target.ToArray();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inflated.Dispose();
            _raw.Dispose();
        }
        base.Dispose(disposing);
    }
}
