namespace Almagest.Discovery.Statistics;

/// <summary>A pair of things that may be matched, and what it is worth.</summary>
/// <param name="Weight">above 0</param>
internal readonly record struct MatchCandidate(int Row, int Column, double Weight);

/// <summary>Matchings of greatest total weight.</summary>
internal static class Assignment
{
    // Chains of clusters that overlap their neighbours make groups of thousands: as a matrix those would take gigabytes and hours.
    private const int MostDense = 10_000;

    /// <summary>
    /// Assigns each row a column of its own so that the sum of weights is the greatest possible: shortest augmenting paths with potentials
    /// (Kuhn 1955; Jonker and Volgenant 1987), O(rows² columns).
    /// </summary>
    /// <param name="weights">finite; rows × columns</param>
    /// <returns>the column of each row; -1 for rows that are left over where there are fewer columns</returns>
    public static int[] Maximize(double[,] weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var (rows, columns) = (weights.GetLength(0), weights.GetLength(1));
        if (rows <= columns)
            return Solve(rows, columns, (r, c) => -weights[r, c]);
        var byColumn = Solve(columns, rows, (c, r) => -weights[r, c]);
        var assigned = new int[rows];
        Array.Fill(assigned, -1);
        for (var c = 0; c < columns; c++)
            assigned[byColumn[c]] = c;
        return assigned;
    }

    /// <summary>
    /// The matching of greatest total weight among given pairs; what is in no pair stays alone. Pairs fall apart into groups without
    /// anything in common, and each group is solved by itself.
    /// </summary>
    public static IReadOnlyList<MatchCandidate> Maximize(IReadOnlyList<MatchCandidate> pairs)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var found = new List<MatchCandidate>();
        foreach (var group in Groups(pairs))
        {
            if (group.Count == 1)
            {
                found.Add(group[0]);
                continue;
            }
            var rows = group.Select(p => p.Row).Distinct().Order().ToArray();
            var columns = group.Select(p => p.Column).Distinct().Order().ToArray();
            if ((long)rows.Length * columns.Length > MostDense)
            {
                found.AddRange(SparseAssignment.Maximize(group, rows, columns));
                continue;
            }
            var weights = new double[rows.Length, columns.Length];
            foreach (var p in group)
                weights[Array.BinarySearch(rows, p.Row), Array.BinarySearch(columns, p.Column)] = p.Weight;
            var assigned = Maximize(weights);
            for (var r = 0; r < rows.Length; r++)
            {
                // A weight of 0 stands for a pair that is none.
                if (assigned[r] >= 0 && weights[r, assigned[r]] > 0)
                    found.Add(new MatchCandidate(rows[r], columns[assigned[r]], weights[r, assigned[r]]));
            }
        }
        return found;
    }

    private static IEnumerable<List<MatchCandidate>> Groups(IReadOnlyList<MatchCandidate> pairs)
    {
        var parent = new Dictionary<(bool IsColumn, int Number), (bool, int)>();
        foreach (var p in pairs)
            parent[Root((false, p.Row))] = Root((true, p.Column));
        return pairs.GroupBy(p => Root((false, p.Row))).Select(g => g.ToList());

        // Halving the paths keeps them short however long a chain the pairs are.
        (bool, int) Root((bool, int) node)
        {
            while (parent.TryGetValue(node, out var up) && up != node)
            {
                if (parent.TryGetValue(up, out var next))
                    parent[node] = next;
                node = up;
            }
            return node;
        }
    }

    private static int[] Solve(int rows, int columns, Func<int, int, double> cost)
    {
        // Numbered from 1; 0 is the row that is being added and the column where its path begins.
        var (rowPotential, columnPotential) = (new double[rows + 1], new double[columns + 1]);
        var (rowOf, from) = (new int[columns + 1], new int[columns + 1]);
        for (var row = 1; row <= rows; row++)
        {
            rowOf[0] = row;
            var at = 0;
            var shortest = new double[columns + 1];
            Array.Fill(shortest, double.PositiveInfinity);
            var done = new bool[columns + 1];
            do
            {
                done[at] = true;
                var (r, next, step) = (rowOf[at], 0, double.PositiveInfinity);
                for (var c = 1; c <= columns; c++)
                {
                    if (done[c])
                        continue;
                    var reduced = cost(r - 1, c - 1) - rowPotential[r] - columnPotential[c];
                    if (reduced < shortest[c])
                        (shortest[c], from[c]) = (reduced, at);
                    if (shortest[c] < step)
                        (step, next) = (shortest[c], c);
                }
                for (var c = 0; c <= columns; c++)
                {
                    if (done[c])
                    {
                        rowPotential[rowOf[c]] += step;
                        columnPotential[c] -= step;
                    }
                    else
                        shortest[c] -= step;
                }
                at = next;
            } while (rowOf[at] != 0);
            for (; at != 0; at = from[at])
                rowOf[at] = rowOf[from[at]];
        }
        var assigned = new int[rows];
        for (var c = 1; c <= columns; c++)
        {
            if (rowOf[c] != 0)
                assigned[rowOf[c] - 1] = c - 1;
        }
        return assigned;
    }
}
