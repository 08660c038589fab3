namespace Almagest.Discovery.Statistics;

/// <summary>
/// The matching of greatest total weight where most pairs are none: shortest augmenting paths by Dijkstra's algorithm over the pairs there
/// are (Edmonds and Karp 1972; Tomizawa 1971). What is not worth matching stays alone.
/// </summary>
internal static class SparseAssignment
{
    private const int None = -1;

    /// <param name="pairs">weights above 0</param>
    /// <param name="rows">the rows of the pairs, ascending</param>
    /// <param name="columns">the columns of the pairs, ascending</param>
    public static List<MatchCandidate> Maximize(IReadOnlyList<MatchCandidate> pairs, int[] rows, int[] columns)
    {
        // Beside its pairs each row has a column of its own worth nothing: being left alone. So every row finds a column.
        var edges = new List<(int Column, double Cost)>[rows.Length];
        for (var r = 0; r < rows.Length; r++)
            edges[r] = [(columns.Length + r, 0)];
        foreach (var p in pairs)
            edges[Array.BinarySearch(rows, p.Row)].Add((Array.BinarySearch(columns, p.Column), -p.Weight));
        var search = new Search(edges, columns.Length + rows.Length);
        for (var r = 0; r < rows.Length; r++)
            search.Add(r);
        var found = new List<MatchCandidate>();
        for (var c = 0; c < columns.Length; c++)
        {
            if (search.RowOf[c] is var r && r != None)
                found.Add(new MatchCandidate(rows[r], columns[c], -edges[r].Find(e => e.Column == c).Cost));
        }
        return found;
    }

    /// <summary>Adds one row after the other; the potentials keep every reduced cost at or above 0, and that of a matched pair at
    /// 0.</summary>
    private sealed class Search
    {
        private readonly List<(int Column, double Cost)>[] _edges;
        private readonly double[] _rowPotential,
            _columnPotential,
            _distance;
        private readonly int[] _from,
            _columnOf;
        private readonly bool[] _settled;

        public Search(List<(int Column, double Cost)>[] edges, int columns)
        {
            _edges = edges;
            _rowPotential = [.. edges.Select(e => e.Min(x => x.Cost))];
            (_columnPotential, _distance, _from, _settled) = (
                new double[columns],
                new double[columns],
                new int[columns],
                new bool[columns]
            );
            RowOf = new int[columns];
            _columnOf = new int[edges.Length];
            Array.Fill(RowOf, None);
            Array.Fill(_columnOf, None);
            Array.Fill(_distance, double.PositiveInfinity);
        }

        public int[] RowOf { get; }

        public void Add(int row)
        {
            var queue = new PriorityQueue<int, (double, int)>();
            var touched = new List<int>();
            Reach(row, 0);
            var end = None;
            while (end == None)
            {
                var column = queue.Dequeue();
                if (_settled[column])
                    continue;
                _settled[column] = true;
                if (RowOf[column] == None)
                    end = column;
                else
                    Reach(RowOf[column], _distance[column]);
            }
            var total = _distance[end];
            foreach (var column in touched)
            {
                if (_settled[column] && column != end)
                {
                    _rowPotential[RowOf[column]] += total - _distance[column];
                    _columnPotential[column] -= total - _distance[column];
                }
            }
            _rowPotential[row] += total;
            // Along the path every row takes the column that it reached next.
            for (var column = end; column != None; )
            {
                var taker = _from[column];
                RowOf[column] = taker;
                (column, _columnOf[taker]) = (_columnOf[taker], column);
            }
            foreach (var column in touched)
                (_distance[column], _settled[column]) = (double.PositiveInfinity, false);

            void Reach(int r, double so)
            {
                foreach (var (column, cost) in _edges[r])
                {
                    if (_settled[column])
                        continue;
                    var reached = so + Math.Max(0, cost - _rowPotential[r] - _columnPotential[column]);
                    if (reached >= _distance[column])
                        continue;
                    if (double.IsPositiveInfinity(_distance[column]))
                        touched.Add(column);
                    (_distance[column], _from[column]) = (reached, r);
                    queue.Enqueue(column, (reached, column));
                }
            }
        }
    }
}
