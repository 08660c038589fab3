using Microsoft.Win32.SafeHandles;

namespace Almagest.Server.VirtualObservatory.Tap;

/// <summary>Writes a file from its start, up to a bound. The handle stays the caller's.</summary>
internal sealed class BoundedFile(SafeFileHandle file, long mostBytes) : Stream
{
    private long _length;

    public override bool CanRead => false;
    public override bool CanSeek => false;
    public override bool CanWrite => true;
    public override long Length => _length;
    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    /// <exception cref="VoException">the bound is reached</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Require(buffer.Length);
        await RandomAccess.WriteAsync(file, buffer, _length, cancellationToken);
        _length += buffer.Length;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        Require(buffer.Length);
        RandomAccess.Write(file, buffer, _length);
        _length += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    private void Require(int more)
    {
        if (_length + more > mostBytes)
            throw VoException.Invalid($"the answer is larger than {mostBytes >> 20} MiB; ask for fewer rows or columns");
    }

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
