using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Clustering;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Features;
using Almagest.Discovery.Neighbours;
using Almagest.Discovery.Statistics;

namespace Almagest.Discovery.Redraws;

/// <summary>
/// How often a member of a cluster that DBSCAN found stays in it when its measurements are drawn again within its errors: it stays where
/// the nearest of the other core stars is within eps and of its cluster. The others are where they were measured. The only core star of a
/// cluster has no such share.
/// </summary>
/// <remarks>Stars in no cluster have none: that a star might be a member is another question. There is no score that could say early which
/// members are safe, so that each has all draws.</remarks>
internal static class MemberDraws
{
    private const int BlockRows = 256;

    public static StarDraws? Of(PreparedFeatures prepared, ClusterResult found, DbscanParameters parameters, AlgorithmContext context)
    {
        if (parameters.Draws == 0)
            return null;
        if (!prepared.Stars.IsInMemory)
            return TiledMemberDraws.Of(prepared, found, parameters, context);
        var redraw = new StarRedraw(prepared, parameters.Distances, parameters.Seed ?? 0);
        var shares = new double[prepared.Matrix.Rows];
        Array.Fill(shares, double.NaN);
        int[] members = [.. Enumerable.Range(0, shares.Length).Where(row => found.Labels[row] >= 0 && redraw.Errors.Has(row))];
        if (members.Length > 0)
            Draw(prepared.Matrix, redraw, found.Labels, parameters, members, shares, context);
        var drawn = shares.LongCount(s => !double.IsNaN(s));
        return new StarDraws(shares, null, parameters.Draws, drawn * parameters.Draws).Of(redraw);
    }

    private static void Draw(
        FeatureMatrix features,
        StarRedraw redraw,
        int[] labels,
        DbscanParameters parameters,
        int[] members,
        double[] shares,
        AlgorithmContext context
    )
    {
        var limit = parameters.Eps * parameters.Eps;
        var cores = Cores(features, labels, parameters.MinSamples, limit, context);
        var coresOf = cores.CountBy(row => labels[row]).ToDictionary();
        var columns = features.Columns;
        var values = new double[cores.Length * columns];
        for (var i = 0; i < cores.Length; i++)
            features.Row(cores[i]).CopyTo(values.AsSpan(i * columns));
        var tree = new NeighbourTree(new FeatureMatrix(cores.Length, features.Names, values), context.Parallel());
        var places = tree.Places();
        RowBlocks.ForEach(
            members.Length,
            BlockRows,
            context.MaxThreads,
            (first, count) =>
            {
                var search = new NeighbourSearch(tree, 1);
                var rows = new double[parameters.Draws * columns];
                for (var m = first; m < first + count; m++)
                {
                    var row = members[m];
                    var core = Array.BinarySearch(cores, row);
                    // The only core star of a cluster takes the cluster with it wherever it is.
                    if (core >= 0 && coresOf[labels[row]] == 1)
                        continue;
                    redraw.Draw(row, 0, columns, rows);
                    var stays = 0;
                    for (var at = 0; at < rows.Length; at += columns)
                    {
                        search.FindSorted(rows.AsSpan(at, columns), core < 0 ? -1 : places[core]);
                        if (search.Found > 0 && search.Squared[0] <= limit)
                            stays += labels[cores[tree.Cells.Points.Row[search.Places[0]]]] == labels[row] ? 1 : 0;
                    }
                    shares[row] = (double)stays / parameters.Draws;
                }
            },
            context.CancellationToken
        );
    }

    /// <summary>The core stars, ascending: those with enough stars within eps, themselves counted.</summary>
    private static int[] Cores(FeatureMatrix features, int[] labels, int enough, double limit, AlgorithmContext context)
    {
        var isCore = new bool[features.Rows];
        if (enough < 2)
            Array.Fill(isCore, true);
        else if (enough <= features.Rows)
        {
            var all = new NeighbourTree(features, context.Parallel());
            all.ForEachPlace(
                () => new NeighbourSearch(all, enough - 1),
                (place, search) =>
                {
                    var row = all.Cells.Points.Row[place];
                    isCore[row] = labels[row] >= 0 && search.KthSquared(place) <= limit;
                }
            );
        }
        return [.. Enumerable.Range(0, isCore.Length).Where(row => isCore[row])];
    }
}
