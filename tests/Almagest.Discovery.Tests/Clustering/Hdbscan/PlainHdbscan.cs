using Almagest.Discovery.Features;

namespace Almagest.Discovery.Tests.Clustering.Hdbscan;

/// <summary>
/// HDBSCAN step by step as Campello, Moulavi and Sander (2013) describe it, on sets of rows: cubic, and nothing in common with
/// the fast implementation but the definition.
/// </summary>
internal sealed class PlainHdbscan
{
    private readonly double[,] _reach;
    private readonly int _minSize;
    private readonly List<Group> _groups = [];

    public PlainHdbscan(FeatureMatrix features, int minSamples, int minSize)
    {
        _minSize = minSize;
        var rows = features.Rows;
        var distance = new double[rows, rows];
        var core = new double[rows];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < rows; j++)
                distance[i, j] = Matrices.Distance(features, i, j);
            core[i] = Enumerable.Range(0, rows).Select(j => distance[i, j]).Order().ElementAt(minSamples - 1);
        }

        _reach = new double[rows, rows];
        for (var i = 0; i < rows; i++)
        for (var j = 0; j < rows; j++)
            _reach[i, j] = Math.Max(distance[i, j], Math.Max(core[i], core[j]));
        var all = new Group(null, 0);
        _groups.Add(all);
        Descend(all, [.. Enumerable.Range(0, rows)]);
    }

    public (int[] Labels, double[] Probabilities) Select(bool leaf, bool allowSingle = false)
    {
        var chosen = leaf
            ? _groups.Where(g => g.Parent is not null && !_groups.Any(other => other.Parent == g)).ToList()
            : Best(_groups[0], isRoot: !allowSingle).Chosen;
        var rows = _reach.GetLength(0);
        var labels = Enumerable.Repeat(-1, rows).ToArray();
        var strength = new double[rows];
        var byFirstRow = chosen.OrderBy(g => Members(g).Min(member => member.Row)).ToList();
        for (var label = 0; label < byFirstRow.Count; label++)
        {
            var group = byFirstRow[label];
            var death = group.Left.Select(l => l.Density).Concat(_groups.Where(g => g.Parent == group).Select(g => g.Birth)).Max();
            // The whole as a cluster leaves out those that it loses before it falls apart.
            foreach (var (row, density) in Members(group).Where(member => group.Parent is not null || member.Density >= death))
                (labels[row], strength[row]) = (label, density >= death ? 1 : density / death);
        }

        return (labels, strength);
    }

    private (double Stability, List<Group> Chosen) Best(Group group, bool isRoot)
    {
        var parts = _groups.Where(g => g.Parent == group).Select(g => Best(g, false)).ToList();
        var below = parts.Sum(p => p.Stability);
        var own = Members(group)
            .Sum(member =>
                Math.Min(
                    member.Density,
                    _groups
                        .Where(g => g.Parent == group && Members(g).Any(m => m.Row == member.Row))
                        .Select(g => g.Birth)
                        .DefaultIfEmpty(double.PositiveInfinity)
                        .First()
                ) - group.Birth
            );
        // A hair apart, the two sums may round either way: the parent wins a tie.
        return !isRoot && own >= below * (1 - 1e-12) ? (own, [group]) : (below, [.. parts.SelectMany(p => p.Chosen)]);
    }

    private List<(int Row, double Density)> Members(Group group) =>
        [.. group.Left, .. _groups.Where(g => g.Parent == group).SelectMany(Members)];

    private void Descend(Group group, List<int> rows)
    {
        while (true)
        {
            var heaviest = Bottleneck(rows);
            if (heaviest == 0)
            {
                group.Left.AddRange(rows.Select(row => (row, double.PositiveInfinity)));
                return;
            }

            var parts = Components(rows, below: heaviest);
            var large = parts.Where(part => part.Count >= _minSize).ToList();
            group.Left.AddRange(parts.Where(part => part.Count < _minSize).SelectMany(part => part).Select(row => (row, 1 / heaviest)));
            if (large.Count == 1)
            {
                rows = large[0];
                continue;
            }

            foreach (var part in large)
            {
                var born = new Group(group, 1 / heaviest);
                _groups.Add(born);
                Descend(born, part);
            }

            return;
        }
    }

    /// <summary>The least radius at which the rows hang together.</summary>
    private double Bottleneck(List<int> rows)
    {
        var candidates = rows.SelectMany(i => rows.Where(j => j != i).Select(j => _reach[i, j])).Distinct().Order().ToArray();
        int low = 0,
            high = candidates.Length - 1;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Components(rows, below: Math.BitIncrement(candidates[middle])).Count == 1)
                high = middle;
            else
                low = middle + 1;
        }

        return candidates[low];
    }

    private List<List<int>> Components(List<int> rows, double below)
    {
        var rest = new HashSet<int>(rows);
        var found = new List<List<int>>();
        while (rest.Count > 0)
        {
            var part = new List<int> { rest.First() };
            rest.Remove(part[0]);
            for (var next = 0; next < part.Count; next++)
            {
                foreach (var row in rest.Where(row => _reach[part[next], row] < below).ToList())
                {
                    part.Add(row);
                    rest.Remove(row);
                }
            }

            found.Add(part);
        }

        return found;
    }

    private sealed class Group(Group? parent, double birth)
    {
        public Group? Parent => parent;

        public double Birth => birth;

        public List<(int Row, double Density)> Left { get; } = [];
    }
}
