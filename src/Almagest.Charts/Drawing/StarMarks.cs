namespace Almagest.Charts.Drawing;

/// <summary>Which stars of a selection a run marks: those that it flags, or the members of its clusters. Immutable.</summary>
public sealed class StarMarks
{
    private const int Unmarked = -1;
    private readonly int[] _groups;

    private StarMarks(int[] groups, bool areClusters) => (_groups, AreClusters) = (groups, areClusters);

    public bool AreClusters { get; }

    /// <summary>Stars that are marked.</summary>
    public int Count { get; private init; }

    /// <summary>Stars of the selection, marked or not.</summary>
    public int Stars => _groups.Length;

    public bool IsMarked(int star) => _groups[star] != Unmarked;

    /// <summary>The cluster of a marked star; 0 of a flagged one.</summary>
    public int Group(int star) => _groups[star];

    /// <summary>The classes of the marks of a cluster.</summary>
    internal static string Css(int group) => $"flag {Palette.Group(group)}";

    /// <summary>The mark of a cluster, for a legend of 12 by 12 units.</summary>
    public static string Key(int cluster) => SvgCanvas.Fragment(c => c.Mark(6, 6, 4, Palette.Shape(cluster), Css(cluster)));

    /// <param name="starIds">of the selection, ascending</param>
    /// <param name="members">of each cluster; of an anomaly run the one group of flagged stars</param>
    public static StarMarks Of(long[] starIds, bool areClusters, IEnumerable<(int Cluster, IEnumerable<long> Members)> members)
    {
        ArgumentNullException.ThrowIfNull(starIds);
        ArgumentNullException.ThrowIfNull(members);
        var groups = new int[starIds.Length];
        Array.Fill(groups, Unmarked);
        var count = 0;
        foreach (var (cluster, ids) in members)
        {
            foreach (var id in ids)
            {
                if (Array.BinarySearch(starIds, id) is >= 0 and var at)
                    (groups[at], count) = (cluster, count + 1);
            }
        }
        return new StarMarks(groups, areClusters) { Count = count };
    }

    /// <summary>The places of all marked stars.</summary>
    public IReadOnlyList<int> Places() => [.. Enumerable.Range(0, _groups.Length).Where(IsMarked)];

    /// <summary>The marks of one cluster alone.</summary>
    public StarMarks Only(int cluster)
    {
        var one = Array.ConvertAll(_groups, g => g == cluster ? g : Unmarked);
        return new StarMarks(one, AreClusters) { Count = one.Count(g => g != Unmarked) };
    }
}
