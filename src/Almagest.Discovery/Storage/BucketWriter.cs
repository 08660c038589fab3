namespace Almagest.Discovery.Storage;

/// <summary>Sorts rows of numbers into buckets of known sizes, one after the other in a sequence; in a bucket they keep the order in which
/// they came. Not thread-safe.</summary>
internal sealed class BucketWriter<T>
    where T : unmanaged
{
    private const int MostWaiting = 1 << 20;

    private readonly Sequence<T> _to;
    private readonly int _width;
    private readonly long[] _next;
    private readonly T[] _waiting;
    private readonly int[] _count;
    private readonly int _room;

    /// <param name="to">has room for all rows</param>
    /// <param name="width">numbers of a row</param>
    /// <param name="firsts">of each bucket its first row</param>
    public BucketWriter(Sequence<T> to, int width, IEnumerable<long> firsts)
    {
        (_to, _width, _next) = (to, width, [.. firsts]);
        _room = Math.Clamp(MostWaiting / Math.Max(1, _next.Length * width), 16, 4096);
        _waiting = new T[(long)_next.Length * _room * width];
        _count = new int[_next.Length];
    }

    public void Add(int bucket, ReadOnlySpan<T> row)
    {
        row.CopyTo(_waiting.AsSpan((bucket * _room + _count[bucket]) * _width));
        if (++_count[bucket] == _room)
            Write(bucket);
    }

    public void Finish()
    {
        for (var bucket = 0; bucket < _next.Length; bucket++)
            Write(bucket);
    }

    private void Write(int bucket)
    {
        _to.Write(_next[bucket] * _width, _waiting.AsSpan(bucket * _room * _width, _count[bucket] * _width));
        _next[bucket] += _count[bucket];
        _count[bucket] = 0;
    }
}
