namespace Almagest.Catalog.Parquet;

/// <summary>A file with another footer than its own.</summary>
/// <param name="file">is read up to where its footer begins</param>
internal sealed class FooterStream(Stream file, long start, byte[] footer) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => start + footer.Length;

    public override long Position
    {
        get => _position;
        set => _position = value;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_position >= Length || buffer.IsEmpty)
            return 0;
        int read;
        if (_position < start)
        {
            file.Position = _position;
            read = file.Read(buffer[..(int)Math.Min(buffer.Length, start - _position)]);
        }
        else
        {
            var rest = footer.AsSpan((int)(_position - start));
            read = Math.Min(rest.Length, buffer.Length);
            rest[..read].CopyTo(buffer);
        }
        _position += read;
        return read;
    }

    public override long Seek(long offset, SeekOrigin origin) =>
        _position = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => Length + offset,
        };

    public override void Flush() { }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            file.Dispose();
        base.Dispose(disposing);
    }
}
