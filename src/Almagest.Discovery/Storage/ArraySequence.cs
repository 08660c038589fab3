using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Almagest.Discovery.Storage;

/// <summary>Numbers in memory.</summary>
internal sealed class ArraySequence<T>(T[] values) : Sequence<T>
    where T : unmanaged
{
    public override long Count => values.LongLength;

    public override Room Room => Room.Memory;

    public override T[] Array => values;

    public override Stretch<T> Read(long first, int count) => new(values.AsSpan(checked((int)first), count));

    public override Stretch<T> Blank(long first, int count) => Read(first, count);

    public override void Write(long first, ReadOnlySpan<T> numbers)
    {
        var here = values.AsSpan(checked((int)first), numbers.Length);
        // Mostly what comes was made in its place.
        if (!Unsafe.AreSame(ref MemoryMarshal.GetReference(here), ref MemoryMarshal.GetReference(numbers)))
            numbers.CopyTo(here);
    }
}
