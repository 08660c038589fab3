namespace Almagest.Discovery.Clustering.Dbscan;

/// <summary>
/// The core stars of each tile, in fragments: those that are one cluster within their tile. Fragments of different tiles that have core
/// stars within eps of each other are one set.
/// </summary>
internal sealed unsafe class TiledFragments
{
    private readonly TiledDbscan _work;
    private readonly PointRun[] _cores;
    private readonly (int First, int End)[] _fragments;
    private readonly DisjointSets _sets = new(0);

    // Of each fragment the row that comes first.
    private readonly List<int> _firstRows = [];

    private TiledFragments(TiledDbscan work)
    {
        _work = work;
        _cores = new PointRun[work.Tiles.Tiles.Count];
        _fragments = new (int, int)[_cores.Length];
        Cores = new PointFile(work.Tiles.Room, work.Tiles.Rows, work.Tiles.Columns);
    }

    /// <summary>The core stars, their fragments as their numbers. Their places are those in their tile.</summary>
    public PointFile Cores { get; }

    /// <summary>Those of a tile.</summary>
    public PointRun CoresOf(int tile) => _cores[tile];

    public static TiledFragments Find(TiledDbscan work, TiledCores cores)
    {
        var fragments = new TiledFragments(work);
        for (var tile = 0; tile < work.Tiles.Tiles.Count; tile++)
        {
            fragments.Add(tile, cores.Flags(tile));
            work.Told(0.5, 0.75, tile + 1);
        }
        return fragments;
    }

    /// <summary>The number of the cluster of each fragment: clusters are numbered in the order of their first core star.</summary>
    public (int[] Numbers, int Clusters) Number()
    {
        var numbers = new int[_sets.Count]; // the first row of a root's set, until it is numbered
        Array.Fill(numbers, int.MaxValue);
        var roots = new List<int>();
        for (var fragment = 0; fragment < numbers.Length; fragment++)
        {
            var root = _sets.Find(fragment);
            if (numbers[root] == int.MaxValue)
                roots.Add(root);
            numbers[root] = Math.Min(numbers[root], _firstRows[fragment]);
        }
        roots.Sort((a, b) => numbers[a].CompareTo(numbers[b]));
        for (var cluster = 0; cluster < roots.Count; cluster++)
            numbers[roots[cluster]] = cluster;
        // A root comes before the others of its set.
        for (var fragment = 0; fragment < numbers.Length; fragment++)
            numbers[fragment] = numbers[_sets.Find(fragment)];
        return (numbers, roots.Count);
    }

    private void Add(int tile, byte[] isCore)
    {
        var all = _work.Tiles.Points(_work.Tiles.Tiles[tile]);
        int[] places = [.. Enumerable.Range(0, isCore.Length).Where(i => isCore[i] != 0)];
        _fragments[tile] = (_sets.Count, _sets.Count);
        if (places.Length == 0)
        {
            _cores[tile] = Cores.Add([], [], []);
            return;
        }
        var tree = _work.Grow(places.Length == all.Rows ? all : all.Pick(places));
        var own = CoreLinks.Connect(CorePoints.All(tree), _work.Limit, _work.Parallel);
        var (count, columns, points) = (places.Length, tree.Points.Dimensions, tree.Points);
        var rows = _work.Tiles.RowsOf(_work.Tiles.Tiles[tile]);
        var (ordered, fragments, values) = (new int[count], new int[count], new double[count * columns]);
        fixed (double* target = values)
        {
            for (var i = 0; i < count; i++)
            {
                ordered[i] = places[points.Row[i]];
                points.CopyPoint(i, target + i * columns);
                // The root of a set is its first place.
                if (own.Find(i) is var root && root != i)
                {
                    fragments[i] = fragments[root];
                    _firstRows[fragments[i]] = Math.Min(_firstRows[fragments[i]], rows[ordered[i]]);
                }
                else
                {
                    fragments[i] = _firstRows.Count;
                    _firstRows.Add(rows[ordered[i]]);
                }
            }
        }
        _cores[tile] = Cores.Add(ordered, values, fragments);
        _sets.Add(_firstRows.Count - _sets.Count);
        _fragments[tile].End = _sets.Count;
        var links = new FragmentLinks(tree, fragments, _sets, _work.Limit);
        for (var other = 0; other < tile; other++)
        {
            if (!_cores[other].Box.IsNear(_cores[tile].Box, _work.Limit) || AreOne(other, tile))
                continue;
            links.Refresh();
            Cores.ForEachBlock(_cores[other], false, _work.Parallel, links.Join);
        }
    }

    /// <summary>Whether all core stars of two tiles are known to be of one cluster.</summary>
    private bool AreOne(int a, int b)
    {
        var root = _sets.Find(_fragments[a].First);
        return IsOne(a, root) && IsOne(b, root);
    }

    private bool IsOne(int tile, int root)
    {
        for (var fragment = _fragments[tile].First; fragment < _fragments[tile].End; fragment++)
            if (_sets.Find(fragment) != root)
                return false;
        return true;
    }
}
