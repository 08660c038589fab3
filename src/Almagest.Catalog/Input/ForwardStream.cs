namespace Almagest.Catalog.Input;

/// <summary>A stream that is only read, forward.</summary>
internal abstract class ForwardStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public abstract override int Read(Span<byte> buffer);

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>One stream after another.</summary>
internal sealed class ConcatStream(Stream first, Stream second) : ForwardStream
{
    private bool _inSecond;

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
            return 0;
        if (!_inSecond)
        {
            var read = first.Read(buffer);
            if (read > 0)
                return read;
            _inSecond = true;
        }
        return second.Read(buffer);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            first.Dispose();
            second.Dispose();
        }
        base.Dispose(disposing);
    }
}

/// <summary>Counts the bytes that were read through it, and says so when the disk or network fails.</summary>
internal sealed class CountingStream(Stream inner, bool leaveOpen) : ForwardStream
{
    public long Count { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            var read = inner.Read(buffer);
            Count += read;
            return read;
        }
        catch (IOException e)
        {
            throw new CatalogFormatException($"Reading failed after {Count} bytes: {e.Message}", e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !leaveOpen)
            inner.Dispose();
        base.Dispose(disposing);
    }
}
