using System.Runtime.CompilerServices;

namespace Almagest.Discovery.Clustering;

/// <summary>
/// Sets of the integers 0 … n-1 that only ever merge, safe for many threads at once without locks. A set's root is its
/// smallest member linked so far, so a parent is never larger than its child and the final sets do not depend on timing.
/// </summary>
internal sealed class DisjointSets
{
    private int[] _parent;

    public DisjointSets(int count)
    {
        _parent = GC.AllocateUninitializedArray<int>(count);
        for (var i = 0; i < count; i++)
            _parent[i] = i;
        Count = count;
    }

    public int Count { get; private set; }

    /// <summary>Adds items, each alone, while no other thread is at work.</summary>
    public void Add(int count)
    {
        var end = checked(Count + count);
        if (end > _parent.Length)
            Array.Resize(ref _parent, (int)Math.Min(Array.MaxLength, Math.Max(end, 2L * _parent.Length)));
        for (; Count < end; Count++)
            _parent[Count] = Count;
    }

    /// <summary>Puts an item that is still alone under an earlier one, before any other thread looks at it.</summary>
    public void Adopt(int parent, int item) => _parent[item] = parent;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Find(int item)
    {
        var parents = _parent;
        while (true)
        {
            var parent = Volatile.Read(ref parents[item]);
            if (parent == item)
                return item;
            var grandparent = Volatile.Read(ref parents[parent]);
            // A race may write an older ancestor: still an ancestor. A root is never written here.
            if (grandparent != parent)
                parents[item] = grandparent;
            item = grandparent;
        }
    }

    /// <returns>false where both were in one set already</returns>
    public bool Union(int a, int b)
    {
        while (true)
        {
            a = Find(a);
            b = Find(b);
            if (a == b)
                return false;
            if (a > b)
                (a, b) = (b, a);
            if (Interlocked.CompareExchange(ref _parent[b], a, b) == b)
                return true;
        }
    }
}
