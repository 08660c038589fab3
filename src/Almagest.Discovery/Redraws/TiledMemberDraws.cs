using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Clustering;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Features;
using Almagest.Discovery.Neighbours;
using Almagest.Discovery.Statistics;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Redraws;

/// <summary>
/// The draws of <see cref="MemberDraws"/> over stars that are not in memory. The members of a tile are drawn again among its core stars;
/// draws to which a core star of another tile may be nearer wait, and are brought to those tiles.
/// </summary>
internal sealed class TiledMemberDraws
{
    private const int BlockRows = 256;

    /// <summary>Draws that wait at a time: a gigabyte of disk.</summary>
    private const int MostWaiting = 1 << 24;

    private readonly ICoreTiles _cores;
    private readonly DbscanParameters _parameters;
    private readonly AlgorithmContext _context;
    private readonly StarRedraw _redraw;
    private readonly TiledMembers _members;
    private readonly WaitingDraws _waiting;
    private readonly int[] _coresOf;
    private readonly double _limit;

    // Of each star of the tiles how many draws leave it in its cluster; -1 = it has none.
    private readonly Sequence<int> _stays;

    private TiledMemberDraws(
        PreparedFeatures prepared,
        StarRedraw redraw,
        ClusterResult found,
        DbscanParameters parameters,
        AlgorithmContext context
    )
    {
        _cores = found.Cores!;
        (_parameters, _context, _redraw) = (parameters, context, redraw);
        _limit = parameters.Eps * parameters.Eps;
        _members = TiledMembers.Of(prepared.Stars, found, context.CancellationToken);
        _waiting = new WaitingDraws(prepared.Matrix.Room, _cores.Tiles.Columns);
        _stays = prepared.Matrix.Room.Create<int>(prepared.Matrix.Rows);
        _coresOf = _cores.CountCores(found.ClusterCount);
    }

    public static StarDraws Of(PreparedFeatures prepared, ClusterResult found, DbscanParameters parameters, AlgorithmContext context) =>
        Of(prepared, found, parameters, context, MostWaiting);

    /// <param name="mostWaiting">draws after which those that wait are brought to the other tiles</param>
    internal static StarDraws Of(
        PreparedFeatures prepared,
        ClusterResult found,
        DbscanParameters parameters,
        AlgorithmContext context,
        int mostWaiting
    )
    {
        var redraw = new StarRedraw(prepared, parameters.Distances, parameters.Seed ?? 0);
        var shares = prepared.Matrix.Room.Create<double>(prepared.Matrix.Rows);
        var stays =
            found.ClusterCount == 0 || redraw.Errors.Columns.Count == 0
                ? null
                : new TiledMemberDraws(prepared, redraw, found, parameters, context).Draw(mostWaiting);
        long drawn = 0;
        var most = Math.Min(shares.Room.Stretch, 1 << 16);
        for (var first = 0; first < prepared.Matrix.Rows; first += most)
        {
            var count = Math.Min(most, prepared.Matrix.Rows - first);
            using var part = shares.Blank(first, count);
            part.Span.Fill(double.NaN);
            if (stays is not null)
            {
                using var of = stays.Read(first, count);
                for (var i = 0; i < count; i++)
                    if (of.Span[i] >= 0)
                        part.Span[i] = (double)of.Span[i] / parameters.Draws;
            }
            drawn += OrderStatistics.CountKnown(part.Span);
            shares.Write(first, part.Span);
        }
        return new StarDraws(shares, null, parameters.Draws, drawn * parameters.Draws).Of(redraw);
    }

    private Sequence<int> Draw(int mostWaiting)
    {
        var tiles = _cores.Tiles.Tiles;
        for (var tile = 0; tile < tiles.Count; tile++)
        {
            DrawIn(tile);
            if (_waiting.Count >= mostWaiting || tile == tiles.Count - 1)
                Settle();
            _context.Progress?.Report((tile + 1.0) / tiles.Count);
        }
        return _cores.Tiles.InOrder(_stays, _context.CancellationToken);
    }

    /// <summary>Draws the members of a tile among its own core stars.</summary>
    private void DrawIn(int tile)
    {
        var labels = _cores.LabelsOf(tile);
        var stays = new int[labels.Length];
        Array.Fill(stays, -1);
        int[] places = [.. Enumerable.Range(0, labels.Length).Where(place => labels[place] >= 0)];
        if (places.Length > 0)
        {
            var redraw = _redraw.On(_members.StarsOf(tile));
            var cores = CoreTree.Of(_cores, tile, _context);
            var columns = _cores.Tiles.Columns;
            int[] others = [.. Enumerable.Range(0, _cores.Tiles.Tiles.Count).Where(other => other != tile)];
            _waiting.Begin(tile);
            RowBlocks.ForEach(
                places.Length,
                BlockRows,
                _context.MaxThreads,
                (first, count) =>
                {
                    var search = cores?.Search();
                    var rows = new double[_parameters.Draws * columns];
                    var open = new WaitingDraws.Block();
                    for (var member = first; member < first + count; member++)
                    {
                        var (place, label) = (places[member], labels[places[member]]);
                        var core = cores?.CoreAt(place) ?? -1;
                        // The only core star of a cluster takes the cluster with it wherever it is.
                        if (!redraw.Errors.Has(member) || (core >= 0 && _coresOf[label] == 1))
                            continue;
                        redraw.Draw(member, 0, columns, rows);
                        var near = Near(rows, others);
                        stays[place] = 0;
                        for (var at = 0; at < rows.Length; at += columns)
                        {
                            var draw = rows.AsSpan(at, columns);
                            var nearest = search is null ? Nearest.None : cores!.Find(search, draw, core);
                            if (IsOpen(draw, nearest, near))
                                _waiting.Add(open, place, label, draw, nearest);
                            else if (nearest.Squared <= _limit && nearest.Label == label)
                                stays[place]++;
                        }
                    }
                    _waiting.Write(open);
                },
                _context.CancellationToken
            );
            _waiting.End();
        }
        _stays.Write(_cores.Tiles.Tiles[tile].First, stays);
    }

    /// <summary>The tiles whose core stars some of these points may be within eps of.</summary>
    private List<PointBox> Near(ReadOnlySpan<double> points, int[] tiles)
    {
        var box = new PointBox(_cores.Tiles.Columns);
        for (var at = 0; at < points.Length; at += _cores.Tiles.Columns)
            box.Add(points.Slice(at, _cores.Tiles.Columns));
        var near = new List<PointBox>();
        foreach (var tile in tiles)
            if (_cores.BoxOf(tile) is var other && box.IsNear(other, _limit))
                near.Add(other);
        return near;
    }

    // A core star that is as near and comes before counts, too.
    private bool IsOpen(ReadOnlySpan<double> draw, in Nearest nearest, List<PointBox> near)
    {
        foreach (var box in near)
            if (box.IsNear(draw, Math.Min(nearest.Squared, _limit)))
                return true;
        return false;
    }

    /// <summary>Brings the draws that wait to the other tiles, and counts them.</summary>
    private void Settle()
    {
        for (var tile = 0; tile < _cores.Tiles.Tiles.Count; tile++)
        {
            CoreTree? cores = null;
            foreach (var run in _waiting.Runs)
            {
                var box = _cores.BoxOf(tile);
                if (run.Tile == tile || !run.Box.IsNear(box, _limit))
                    continue;
                var asked = cores ??= CoreTree.Of(_cores, tile, _context)!;
                _waiting.ForEach(
                    run,
                    true,
                    _context,
                    (points, nearest) =>
                    {
                        var search = asked.Search();
                        for (var i = 0; i < nearest.Length; i++)
                        {
                            var draw = points.Slice(i * _cores.Tiles.Columns, _cores.Tiles.Columns);
                            if (
                                box.IsNear(draw, Math.Min(nearest[i].Squared, _limit))
                                && asked.Find(search, draw, -1) is var found
                                && nearest[i].IsAfter(found)
                            )
                                nearest[i] = nearest[i].With(found);
                        }
                    }
                );
            }
        }
        foreach (var run in _waiting.Runs)
        {
            var stays = new int[_cores.Tiles.Tiles[run.Tile].Count];
            _stays.CopyTo(_cores.Tiles.Tiles[run.Tile].First, stays);
            _waiting.ForEach(
                run,
                false,
                _context with
                {
                    MaxThreads = 1,
                },
                (_, nearest) =>
                {
                    foreach (var draw in nearest)
                        if (draw.Squared <= _limit && draw.Label == draw.OwnLabel)
                            stays[draw.Place]++;
                }
            );
            _stays.Write(_cores.Tiles.Tiles[run.Tile].First, stays);
        }
        _waiting.Clear();
    }
}
