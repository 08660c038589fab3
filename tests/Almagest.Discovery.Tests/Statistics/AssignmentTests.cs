using Almagest.Discovery.Statistics;
using CsCheck;
using Xunit;

namespace Almagest.Discovery.Tests.Statistics;

/// <summary>Matchings of greatest weight, against SciPy's linear_sum_assignment and against all matchings there are.</summary>
public sealed class AssignmentTests
{
    [Fact]
    public void The_greatest_weight_is_SciPys()
    {
        foreach (var c in SciPyReference.Of("assignment").EnumerateArray())
        {
            var rows = c.GetProperty("weights")
                .EnumerateArray()
                .Select(r => r.EnumerateArray().Select(v => v.GetDouble()).ToArray())
                .ToArray();
            var weights = new double[rows.Length, rows[0].Length];
            for (var r = 0; r < rows.Length; r++)
            {
                for (var k = 0; k < rows[0].Length; k++)
                    weights[r, k] = rows[r][k];
            }
            Assert.Equal(c.Number("total"), Total(weights, Assignment.Maximize(weights)), 1e-9);
            Assert.Equal(c.Number("total"), Assignment.Maximize(Pairs(weights)).Sum(p => p.Weight), 1e-9);
        }
    }

    [Fact]
    public void No_other_assignment_weighs_more() =>
        (
            from rows in Gen.Int[1, 5]
            from columns in Gen.Int[1, 5]
            from values in Gen.Int[0, 9].Array[rows * columns]
            select (rows, columns, values)
        ).Sample(
            c =>
            {
                var weights = new double[c.rows, c.columns];
                Buffer.BlockCopy(c.values.Select(v => (double)v).ToArray(), 0, weights, 0, c.values.Length * sizeof(double));
                var best = Best(weights, 0, 0);
                Assert.Equal(best, Total(weights, Assignment.Maximize(weights)));
                Assert.Equal(best, Assignment.Maximize(Pairs(weights)).Sum(p => p.Weight));
            },
            iter: 500
        );

    [Fact]
    public void A_greedy_choice_is_given_up_for_a_better_whole()
    {
        var found = Assignment.Maximize([new(0, 0, 0.6), new(0, 1, 0.5), new(1, 0, 0.5)]);
        Assert.Equal([new(0, 1, 0.5), new MatchCandidate(1, 0, 0.5)], found.OrderBy(m => m.Row));
    }

    [Fact]
    public void Over_the_pairs_alone_the_weight_is_that_over_the_whole_matrix() =>
        (
            from rows in Gen.Int[1, 12]
            from columns in Gen.Int[1, 12]
            from values in Gen.Int[-15, 9].Array[rows * columns]
            select (rows, columns, values)
        ).Sample(
            c =>
            {
                var weights = new double[c.rows, c.columns];
                for (var i = 0; i < c.values.Length; i++)
                    weights[i / c.columns, i % c.columns] = Math.Max(0, c.values[i]);
                var pairs = Pairs(weights);
                if (pairs.Count == 0)
                    return;
                var found = SparseAssignment.Maximize(
                    pairs,
                    [.. pairs.Select(p => p.Row).Distinct().Order()],
                    [.. pairs.Select(p => p.Column).Distinct().Order()]
                );
                Assert.Equal(
                    (found.Count, found.Count),
                    (found.Select(f => f.Row).Distinct().Count(), found.Select(f => f.Column).Distinct().Count())
                );
                Assert.All(found, f => Assert.Equal(weights[f.Row, f.Column], f.Weight));
                Assert.Equal(Maximum(weights), found.Sum(f => f.Weight));
            },
            iter: 1000
        );

    private static double Maximum(double[,] weights) =>
        Assignment.Maximize(weights).Index().Where(a => a.Item >= 0).Sum(a => weights[a.Index, a.Item]);

    [Fact]
    public void A_chain_of_ten_thousand_that_overlap_their_neighbours_is_matched_without_a_matrix()
    {
        // Each row is worth 3 with the column of its number and 4 with the next one; the last has no next.
        const int Length = 10_000;
        var pairs = Enumerable
            .Range(0, Length)
            .SelectMany(i => i + 1 < Length ? new MatchCandidate[] { new(i, i, 3), new(i, i + 1, 4) } : [new(i, i, 3)])
            .ToList();
        var found = Assignment.Maximize(pairs);
        Assert.Equal(4.0 * (Length - 1), found.Sum(f => f.Weight));
        Assert.All(found, f => Assert.Equal(f.Row + 1, f.Column));
    }

    private static List<MatchCandidate> Pairs(double[,] weights) =>
        [
            .. from r in Enumerable.Range(0, weights.GetLength(0))
            from c in Enumerable.Range(0, weights.GetLength(1))
            where weights[r, c] > 0
            select new MatchCandidate(r, c, weights[r, c]),
        ];

    private static double Total(double[,] weights, int[] assigned)
    {
        var used = assigned.Where(c => c >= 0).ToList();
        Assert.Equal(Math.Min(weights.GetLength(0), weights.GetLength(1)), used.Distinct().Count());
        return assigned.Index().Where(a => a.Item >= 0).Sum(a => weights[a.Index, a.Item]);
    }

    private static double Best(double[,] weights, int row, int taken)
    {
        if (row == weights.GetLength(0))
            return 0;
        var best = Best(weights, row + 1, taken);
        for (var c = 0; c < weights.GetLength(1); c++)
        {
            if ((taken >> c & 1) == 0)
                best = Math.Max(best, weights[row, c] + Best(weights, row + 1, taken | 1 << c));
        }
        return best;
    }
}
