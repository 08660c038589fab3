using Almagest.Ledger.Database;
using Microsoft.Win32.SafeHandles;

namespace Almagest.Server.VirtualObservatory.Tap;

/// <summary>Writes a file from its start, up to a bound, and no further than its disk has room. The handle stays the caller's.</summary>
internal sealed class BoundedFile(SafeFileHandle file, string folder, long mostBytes) : Stream
{
    // Between two looks at the disk.
    private const long Step = 4 << 20;

    private long _length,
        _looked = -Step;

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
    /// <exception cref="Contract.Errors.LedgerException">the disk is nearly full</exception>
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
        if (_length + more - _looked < Step)
            return;
        DiskSpace.RequireForFiles(folder, more);
        _looked = _length;
    }

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
