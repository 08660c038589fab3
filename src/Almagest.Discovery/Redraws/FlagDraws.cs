using System.Buffers;
using System.Runtime.InteropServices;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Features;
using Almagest.Discovery.Statistics;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Redraws;

/// <summary>
/// The chance that a star's true values are flagged, given what was measured: the share of draws within its errors that the fitted detector
/// flags, at the threshold of the run. Nothing is fitted again, and who is analysed was decided at the measured values.
/// </summary>
/// <remarks>
/// Every star gets a <see cref="Pilot"/> of draws, and more, up to <see cref="Second"/> and then all, until its answer is certain: all
/// agree with each other and with the measured values, and both their mean and the measured score are <see cref="PilotSigmas"/>, later
/// <see cref="Sigmas"/>, times the spread of the draws about the measured score away from the threshold. After the pilot no star is
/// certain that is among the <see cref="Nearest"/> of all that are nearest to the threshold, where the steps of a forest may hide from few
/// draws. All draws count; stopped so late, the mean share is within 0.002 of what it is without stopping, though single stars are
/// further off (docs/chances.md). Of more draws than usual no star gets fewer.
/// </remarks>
internal static class FlagDraws
{
    /// <summary>Draws of every star.</summary>
    public const int Pilot = 3;

    /// <summary>Draws after which a star whose pilot was open may be certain; flagged stars get so many in any case, to know the spread of
    /// their scores.</summary>
    public const int Second = 8;

    /// <summary>So many standard deviations from the threshold, a pilot is certain.</summary>
    private const double PilotSigmas = 6;

    /// <summary>The same of more draws, whose standard deviation is better known.</summary>
    private const double Sigmas = 4;

    /// <summary>The share of stars, nearest to the threshold, that get all draws.</summary>
    private const double Nearest = 0.01;

    private const int MostBlockRows = 4096;

    /// <param name="prepared">what the run saw, with its stars</param>
    /// <param name="found">what it found, by an algorithm with the same parameters</param>
    /// <returns>null where no draws are asked for</returns>
    public static StarDraws? Of(PreparedFeatures prepared, AnomalyResult found, RunParameters parameters, AlgorithmContext context) =>
        Of(prepared, found, parameters, context, StopsEarly(parameters));

    /// <param name="stopEarly">false = every star gets all draws</param>
    internal static StarDraws? Of(
        PreparedFeatures prepared,
        AnomalyResult found,
        RunParameters parameters,
        AlgorithmContext context,
        bool stopEarly
    )
    {
        if (parameters.Draws == 0 || found.Scorer is not { } scorer)
            return null;
        var redraw = new StarRedraw(prepared, parameters.Distances, parameters.Seed ?? 0);
        var rows = prepared.Matrix.Rows;
        var room = prepared.Matrix.Room;
        var (shares, spreads) = (room.Create<double>(rows), room.Create<double>(rows));
        // A block has few open stars; of large blocks they still fill the scorer's.
        var blockRows = Math.Clamp(rows / 64, 64, MostBlockRows);
        if (redraw.Errors.Columns.Count == 0)
        {
            RowBlocks.ForEach(rows, MostBlockRows, 1, (first, count) => None(first, count, shares, spreads), context.CancellationToken);
            return new StarDraws(shares, spreads, parameters.Draws, 0).Of(redraw);
        }
        var near = stopEarly ? Near(found) : double.PositiveInfinity;
        long made = 0;
        var done = 0;
        foreach (var (start, tile) in prepared.Stars.Tiles())
            made += OfTile(
                redraw.On(tile),
                new Tile(scorer, found.Scores, found.Offset, near, shares, spreads) { Start = start, Count = tile.Count },
                prepared.Matrix.Columns,
                blockRows,
                parameters.Draws,
                context,
                count => context.Progress?.Report((double)Interlocked.Add(ref done, count) / rows)
            );
        return new StarDraws(shares, spreads, parameters.Draws, made).Of(redraw);
    }

    /// <summary>The draws of the stars of a tile, whatever the others are: so many of a run that asks for no more than usual.</summary>
    /// <param name="redraw">of these stars, with the errors that the whole selection has</param>
    /// <param name="scores">their raw scores</param>
    /// <param name="near">as <see cref="NearOf"/> says for all scores</param>
    internal static StarDraws OfTile(
        StarRedraw redraw,
        IRowScorer scorer,
        double[] scores,
        double offset,
        double near,
        RunParameters parameters,
        int columns,
        AlgorithmContext context
    )
    {
        var (shares, spreads) = (new double[scores.Length], new double[scores.Length]);
        if (redraw.Errors.Columns.Count == 0)
        {
            None(0, scores.Length, shares, spreads);
            return new StarDraws(shares, spreads, parameters.Draws, 0).Of(redraw);
        }
        var tile = new Tile(scorer, scores, offset, near, shares, spreads) { Count = scores.Length };
        var blockRows = Math.Clamp(scores.Length / 64, 64, MostBlockRows);
        var made = OfTile(redraw, tile, columns, blockRows, parameters.Draws, context, _ => { });
        return new StarDraws(shares, spreads, parameters.Draws, made).Of(redraw);
    }

    /// <summary>How near to the threshold a star gets all draws in any case; infinite where all stars do.</summary>
    internal static double NearOf(AnomalyResult found, RunParameters parameters) =>
        StopsEarly(parameters) ? Near(found) : double.PositiveInfinity;

    // Whoever asks for more than usual asks for the tails, which a few draws do not show.
    private static bool StopsEarly(RunParameters parameters) => parameters.Draws <= RunParameters.DefaultDraws;

    private static long OfTile(
        StarRedraw redraw,
        Tile tile,
        int columns,
        int blockRows,
        int draws,
        AlgorithmContext context,
        Action<int> told
    )
    {
        long made = 0;
        RowBlocks.ForEach(
            tile.Count,
            blockRows,
            context.MaxThreads,
            (first, count) =>
            {
                using var scores = tile.Scores.Read(tile.Start + first, count);
                using var block = new Block(redraw, tile.Scorer, tile.Offset, scores.Span.ToArray(), columns, tile.Start, first);
                block.Add(Math.Min(Pilot, draws), (_, _) => true);
                if (draws > Second)
                    block.Add(Second, (measured, sums) => measured < 0 || !IsCertain(measured, sums, tile.Near));
                block.Add(draws, (measured, sums) => !IsCertain(measured, sums, double.IsPositiveInfinity(tile.Near) ? tile.Near : 0));
                block.Finish(tile.Shares, tile.Spreads);
                Interlocked.Add(ref made, block.Made);
                told(count);
            },
            context.CancellationToken
        );
        return made;
    }

    /// <summary>Some stars next to each other, with what the run says of them.</summary>
    private sealed record Tile(
        IRowScorer Scorer,
        Sequence<double> Scores,
        double Offset,
        double Near,
        Sequence<double> Shares,
        Sequence<double> Spreads
    )
    {
        /// <summary>Where in the sequences the tile begins.</summary>
        public int Start { get; init; }

        public required int Count { get; init; }
    }

    private static void None(int first, int count, params ReadOnlySpan<Sequence<double>> all)
    {
        foreach (var sequence in all)
        {
            using var none = sequence.Blank(first, count);
            none.Span.Fill(double.NaN);
            sequence.Write(first, none.Span);
        }
    }

    // About the measured score, which no draw was needed for: three draws tell the spread as well as four would about their mean.
    private static bool IsCertain(double measured, in Sums sums, double near)
    {
        var margin = Math.Min(Math.Abs(measured), Math.Abs(sums.Mean));
        var shift = sums.Mean - measured;
        var spread = Math.Sqrt(sums.Squares / sums.Count + shift * shift);
        return Math.Abs(measured) > near
            && sums.Flagged == (measured < 0 ? sums.Count : 0)
            && margin > (sums.Count <= Pilot ? PilotSigmas : Sigmas) * spread;
    }

    private static double Near(AnomalyResult found)
    {
        var margins = found.Scores.Room.Create<double>(found.Scores.Count);
        found.Scores.ForEach(
            (first, scores) =>
            {
                using var part = margins.Blank(first, scores.Length);
                for (var i = 0; i < scores.Length; i++)
                    part.Span[i] = Math.Abs(scores[i] - found.Offset);
                margins.Write(first, part.Span);
            }
        );
        return OrderStatistics.PercentileOf(margins, 100 * Nearest);
    }

    /// <summary>Of the draws of one star so far; mean and squares of the deviations from it by Welford's rule.</summary>
    private struct Sums
    {
        public int Count,
            Flagged;
        public double Mean,
            Squares;

        public void Add(double decision)
        {
            Count++;
            Flagged += decision < 0 ? 1 : 0;
            var before = decision - Mean;
            Mean += before / Count;
            Squares += before * (decision - Mean);
        }
    }

    /// <summary>The stars of a block.</summary>
    /// <param name="measured">their raw scores</param>
    /// <param name="start">where the tile of the block begins</param>
    /// <param name="first">where in the tile the block begins</param>
    private sealed class Block(StarRedraw redraw, IRowScorer scorer, double offset, double[] measured, int columns, int start, int first)
        : IDisposable
    {
        private const int MostRows = 4096;

        private readonly Sums[] _sums = Cleared(measured.Length);
        private readonly List<int> _open = new(measured.Length);
        private double[] _rows = [];
        private double[] _scores = [];
        private int[] _of = [];
        private int _done;

        public long Made { get; private set; }

        /// <summary>Makes so many draws of the stars that are open, those that they have counted in.</summary>
        /// <param name="isOpen">given what a star scores above the threshold</param>
        public void Add(int upTo, Func<double, Sums, bool> isOpen)
        {
            _open.Clear();
            var draws = upTo - _done;
            for (var i = 0; draws > 0 && i < measured.Length; i++)
                // Who was certain before, stays so.
                if (_sums[i].Count == _done && (_done > 0 || redraw.Errors.Has(first + i)) && isOpen(measured[i] - offset, _sums[i]))
                    _open.Add(i);
            _done = upTo;
            if (_open.Count == 0)
                return;
            // As many draws at a time as a buffer of moderate size takes.
            var stars = Math.Max(1, MostRows / draws);
            for (var at = 0; at < _open.Count; at += stars)
                AddTo(CollectionsMarshal.AsSpan(_open).Slice(at, Math.Min(stars, _open.Count - at)), draws);
            Made += (long)_open.Count * draws;
        }

        public void Finish(Sequence<double> shares, Sequence<double> spreads)
        {
            using var ofShares = shares.Blank(start + first, measured.Length);
            using var ofSpreads = spreads.Blank(start + first, measured.Length);
            for (var i = 0; i < measured.Length; i++)
            {
                var sums = _sums[i];
                ofShares.Span[i] = sums.Count == 0 ? double.NaN : (double)sums.Flagged / sums.Count;
                ofSpreads.Span[i] = sums.Count < 2 ? double.NaN : Math.Sqrt(sums.Squares / (sums.Count - 1));
            }
            shares.Write(start + first, ofShares.Span);
            spreads.Write(start + first, ofSpreads.Span);
        }

        // What blocks need is large, and there are thousands of them.
        public void Dispose()
        {
            ArrayPool<Sums>.Shared.Return(_sums);
            Return();
        }

        private void Return()
        {
            if (_scores.Length == 0)
                return;
            ArrayPool<double>.Shared.Return(_rows);
            ArrayPool<double>.Shared.Return(_scores);
            ArrayPool<int>.Shared.Return(_of);
            (_rows, _scores, _of) = ([], [], []);
        }

        private static Sums[] Cleared(int count)
        {
            var sums = ArrayPool<Sums>.Shared.Rent(count);
            sums.AsSpan(0, count).Clear();
            return sums;
        }

        private void AddTo(ReadOnlySpan<int> stars, int draws)
        {
            var total = stars.Length * draws;
            // What is rented is longer than it was asked for, each by its own share.
            if (Math.Min(_scores.Length, _of.Length) < total || _rows.Length < total * columns)
            {
                Return();
                (_rows, _scores, _of) = (
                    ArrayPool<double>.Shared.Rent(total * columns),
                    ArrayPool<double>.Shared.Rent(total),
                    ArrayPool<int>.Shared.Rent(total)
                );
            }
            for (var s = 0; s < stars.Length; s++)
            {
                var row = first + stars[s];
                redraw.Draw(row, _sums[stars[s]].Count, columns, _rows.AsSpan(s * draws * columns, draws * columns));
                _of.AsSpan(s * draws, draws).Fill(start + row);
            }
            scorer.Score(_rows.AsSpan(0, total * columns), _of.AsSpan(0, total), _scores.AsSpan(0, total));
            for (var s = 0; s < stars.Length; s++)
            for (var d = 0; d < draws; d++)
                _sums[stars[s]].Add(AnomalyAlgorithm.InReach(_scores[s * draws + d]) - offset);
        }
    }
}
