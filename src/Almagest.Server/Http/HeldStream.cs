namespace Almagest.Server.Http;

/// <summary>Keeps an answer until it is whole, so that a header may say what is known at its end alone: in memory while it is short, then
/// in a temporary file that vanishes with the program, or no longer.</summary>
/// <param name="inner">where it goes; stays the caller's</param>
/// <param name="most">bytes that are kept; a longer answer goes out as it comes</param>
internal sealed class HeldStream(Stream inner, long most) : Stream
{
    /// <summary>Bytes that are kept in memory.</summary>
    public const int InMemory = 8 << 20;

    private Stream _held = new MemoryStream();

    /// <summary>Whether bytes have gone out, so that headers are no longer ours.</summary>
    public bool HasBegun { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!HasBegun && _held.Length + buffer.Length > most)
            await ReleaseAsync(cancellationToken);
        if (!HasBegun && _held is MemoryStream memory && memory.Length + buffer.Length > InMemory)
            await MoveAsync(memory, cancellationToken);
        await (HasBegun ? inner : _held).WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>Sends what is kept.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (HasBegun)
            return;
        HasBegun = true;
        _held.Position = 0;
        await _held.CopyToAsync(inner, cancellationToken);
        await _held.DisposeAsync();
    }

    private async Task MoveAsync(MemoryStream memory, CancellationToken cancellationToken)
    {
        _held = new FileStream(
            Path.Combine(Path.GetTempPath(), $"almagest-{Guid.NewGuid():N}.answer"),
            FileMode.CreateNew,
            FileAccess.ReadWrite,
            FileShare.None,
            1 << 16,
            FileOptions.DeleteOnClose | FileOptions.Asynchronous
        );
        memory.Position = 0;
        await memory.CopyToAsync(_held, cancellationToken);
        await memory.DisposeAsync();
    }

    // What is kept waits until it is whole.
    public override Task FlushAsync(CancellationToken cancellationToken) =>
        HasBegun ? inner.FlushAsync(cancellationToken) : Task.CompletedTask;

    public override void Flush() { }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("the server writes asynchronously");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _held.Dispose();
        base.Dispose(disposing);
    }
}
