using System.Numerics;
using Almagest.Discovery.Features;
using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Changes;

/// <summary>
/// Tells why stars have other scores in a second run by the same algorithm over another catalogue of them: each detector scores the values
/// of both catalogues, and every mixture of them, column by column. Safe to use from several threads.
/// </summary>
/// <remarks>
/// The score less the threshold is f(x) - t. From run 1 to run 2 the star x, the detector f and the threshold t change. What x does is the
/// mean of what it does under either detector, what f does the mean of what it does to either x: Shapley's value (1953) of the two, so that
/// the parts add up whatever the order. Within x the same is done over its columns, over all their subsets. A detector that scores all
/// stars higher, and a threshold that is higher by as much, change nothing: the median of what f does to stars near the threshold is taken
/// from the one and given to the other.
/// </remarks>
public sealed class ScoreChange
{
    private readonly FittedSide _first,
        _second;
    private readonly double _common;
    private readonly StarColumn[] _columns;
    private readonly bool _errors;

    /// <param name="near">stars near the threshold of run 1, by their rows in both runs, with what catalogue 1 says of them; they tell by
    /// how much scores are shifted as a whole</param>
    public ScoreChange(FittedSide first, FittedSide second, IReadOnlyList<(int Row1, int Row2, MeasuredStar Star1)> near)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        ArgumentNullException.ThrowIfNull(near);
        if (first.Columns != second.Columns)
            throw new ArgumentException("the two runs looked at different features", nameof(second));
        (_first, _second) = (first, second);
        _columns = [.. first.Needs.Union(second.Needs).Select(c => c == StarColumn.Dec ? StarColumn.Ra : c).Distinct()];
        _errors = first.UsesErrors || second.UsesErrors;
        var shifts = near.Select(n => One(second, n.Star1, n.Row2) - One(first, n.Star1, n.Row1)).ToArray();
        _common = shifts.Length == 0 ? 0 : OrderStatistics.Median(shifts);
    }

    /// <summary>The columns whose values are told apart; a position is one.</summary>
    public IReadOnlyList<StarColumn> Columns => _columns;

    /// <param name="row1">of the star in run 1</param>
    /// <param name="row2">of the star in run 2</param>
    public ScoreParts Of(int row1, int row2, MeasuredStar star1, MeasuredStar star2)
    {
        ArgumentNullException.ThrowIfNull(star1);
        ArgumentNullException.ThrowIfNull(star2);
        StarColumn[] moved = [.. _columns.Where(c => Differs(star1, star2, c))];
        var errors =
            _errors
            && !(
                star1.ParallaxError.Equals(star2.ParallaxError)
                && star1.PmraError.Equals(star2.PmraError)
                && star1.PmdecError.Equals(star2.PmdecError)
            );
        var players = moved.Length + (errors ? 1 : 0);
        var (a, b) = (Mixtures(_first, row1), Mixtures(_second, row2));
        var shares = new double[players];
        for (var player = 0; player < players; player++)
            shares[player] = (Shapley(a, player, players) + Shapley(b, player, players)) / 2;
        var detector = (b[0] - a[0] + b[^1] - a[^1]) / 2;
        var threshold = _first.Offset - _second.Offset;
        return new ScoreParts(
            b[^1] - _second.Offset - (a[0] - _first.Offset),
            [.. moved.Select((c, i) => (c, shares[i]))],
            errors ? shares[^1] : 0,
            threshold + _common,
            detector - _common
        );

        // Bit i of the mixture's number: player i is as catalogue 2 has it.
        double[] Mixtures(FittedSide side, int row)
        {
            var rows = new double[(1 << players) * side.Columns];
            Span<double> values = stackalloc double[star1.Values.Length];
            for (var mixture = 0; mixture < 1 << players; mixture++)
            {
                star1.Values.CopyTo(values);
                for (var i = 0; i < moved.Length; i++)
                {
                    if ((mixture >> i & 1) == 0)
                        continue;
                    values[(int)moved[i]] = star2[moved[i]];
                    if (moved[i] == StarColumn.Ra)
                        values[(int)StarColumn.Dec] = star2[StarColumn.Dec];
                }
                var second = errors && (mixture >> moved.Length & 1) != 0;
                side.Derive(values, second ? star2 : star1, rows.AsSpan(mixture * side.Columns, side.Columns));
            }
            return side.Score(rows, row);
        }
    }

    private static double Shapley(double[] values, int player, int players)
    {
        var bit = 1 << player;
        double sum = 0;
        for (var others = 0; others < values.Length; others++)
            if ((others & bit) == 0)
                sum += Weight(BitOperations.PopCount((uint)others), players) * (values[others | bit] - values[others]);
        return sum;
    }

    // Of the orders of all players, the share in which just these so many come before.
    private static double Weight(int before, int players)
    {
        double choices = players;
        for (var i = 0; i < before; i++)
            choices *= (double)(players - 1 - i) / (i + 1);
        return 1 / choices;
    }

    private static bool Differs(MeasuredStar a, MeasuredStar b, StarColumn column) =>
        !a[column].Equals(b[column]) || (column == StarColumn.Ra && !a[StarColumn.Dec].Equals(b[StarColumn.Dec]));

    private static double One(FittedSide side, MeasuredStar star, int row)
    {
        var values = new double[side.Columns];
        side.Derive(star.Values, star, values);
        return side.Score(values, row)[0];
    }
}
