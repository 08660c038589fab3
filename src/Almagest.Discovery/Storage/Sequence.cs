namespace Almagest.Discovery.Storage;

/// <summary>
/// A sequence of numbers, in memory or in a file, that is read and written by stretches. What goes over it by stretches is the same for
/// both: in memory a stretch is the numbers themselves, of a file it is a copy. Stretches that do not overlap may be read and written at
/// the same time.
/// </summary>
public abstract class Sequence<T>
    where T : unmanaged
{
    public abstract long Count { get; }

    /// <summary>Where others like it are made.</summary>
    public abstract Room Room { get; }

    /// <summary>The numbers, where they are in memory; null otherwise.</summary>
    public virtual T[]? Array => null;

    /// <summary>The numbers, of which whoever asks needs all at once.</summary>
    /// <exception cref="InvalidOperationException">they are in a file</exception>
    public T[] InMemory => Array ?? throw new InvalidOperationException("these numbers are in a file, which is read by stretches");

    /// <summary>The numbers of a stretch.</summary>
    public abstract Stretch<T> Read(long first, int count);

    /// <summary>Room for the numbers of a stretch, which <see cref="Write"/> takes; what is in it is anything.</summary>
    public abstract Stretch<T> Blank(long first, int count);

    /// <summary>Sets the numbers of a stretch.</summary>
    public abstract void Write(long first, ReadOnlySpan<T> values);

    /// <summary>Goes over all numbers, stretch by stretch.</summary>
    /// <param name="look">given the place of the first number</param>
    public void ForEach(Action<long, ReadOnlySpan<T>> look)
    {
        ArgumentNullException.ThrowIfNull(look);
        for (long first = 0; first < Count; )
        {
            var count = (int)Math.Min(Room.Stretch, Count - first);
            using var stretch = Read(first, count);
            look(first, stretch.Span);
            first += count;
        }
    }

    /// <summary>Copies numbers next to each other.</summary>
    public void CopyTo(long first, Span<T> target)
    {
        for (var done = 0; done < target.Length; )
        {
            var count = Math.Min(Room.Stretch, target.Length - done);
            using var stretch = Read(first + done, count);
            stretch.Span.CopyTo(target[done..]);
            done += count;
        }
    }

    /// <summary>A sequence in memory.</summary>
    public static implicit operator Sequence<T>(T[] values) => new ArraySequence<T>(values);
}
