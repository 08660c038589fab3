using System.Runtime.InteropServices;
using Almagest.Discovery.Storage;
using Microsoft.Win32.SafeHandles;

namespace Almagest.Ledger.Scratch;

/// <summary>Numbers in a file without a name, which goes with its last user, however that ends.</summary>
internal sealed class FileSequence<T> : Sequence<T>
    where T : unmanaged
{
    private readonly SafeFileHandle _file;
    private readonly ScratchRoom _room;
    private long _count;

    public FileSequence(ScratchRoom room, SafeFileHandle file, long count) => (_room, _file, _count) = (room, file, count);

    public override long Count => Volatile.Read(ref _count);

    public override Room Room => _room;

    public override Stretch<T> Blank(long first, int count) => new(count);

    public override unsafe Stretch<T> Read(long first, int count)
    {
        var stretch = new Stretch<T>(count);
        var bytes = MemoryMarshal.AsBytes(stretch.Span);
        var at = first * sizeof(T);
        while (bytes.Length > 0)
        {
            var read = RandomAccess.Read(_file, bytes, at);
            if (read == 0)
                throw new InvalidOperationException($"numbers {first} to {first + count} of {Count} were not written");
            bytes = bytes[read..];
            at += read;
        }
        return stretch;
    }

    public override unsafe void Write(long first, ReadOnlySpan<T> values)
    {
        RandomAccess.Write(_file, MemoryMarshal.AsBytes(values), first * sizeof(T));
        var end = first + values.Length;
        for (var known = Count; known < end; known = Count)
            Interlocked.CompareExchange(ref _count, end, known);
    }
}
