namespace Almagest.Catalog.Writing;

/// <summary>Keeps what is written until it is drained into another stream, so that synchronous writers can write to asynchronous streams.
/// Knows its position; does not seek.</summary>
internal sealed class BufferedWriteStream(Stream target) : Stream
{
    private readonly MemoryStream _kept = new();
    private long _drained;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => _drained + _kept.Length;

    public override long Position
    {
        get => Length;
        set => throw new NotSupportedException();
    }

    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        await target.WriteAsync(_kept.GetBuffer().AsMemory(0, (int)_kept.Length), cancellationToken);
        _drained += _kept.Length;
        _kept.SetLength(0);
    }

    public override void Write(byte[] buffer, int offset, int count) => _kept.Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => _kept.Write(buffer);

    public override void Flush()
    {
        // Only DrainAsync passes anything on.
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _kept.Dispose();
        base.Dispose(disposing);
    }
}
