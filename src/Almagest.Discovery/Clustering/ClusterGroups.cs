using Almagest.Discovery.Features;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Clustering;

/// <summary>The members of clusters, cluster by cluster, each in the order of the stars.</summary>
internal static class ClusterGroups
{
    /// <param name="found">of the stars</param>
    /// <param name="parallaxErrors">of the stars; null = not known</param>
    /// <param name="wanted">given the size of a cluster; null = all of them</param>
    /// <returns>by number; each is to be looked at before the next is asked for</returns>
    public static IEnumerable<(int Cluster, StarGroup Stars)> Of(
        StarColumns stars,
        ClusterResult found,
        Sequence<double>? parallaxErrors = null,
        Func<int, bool>? wanted = null
    )
    {
        var sizes = found.Sizes;
        int[] chosen = [.. Enumerable.Range(0, sizes.Count).Where(c => wanted is null || wanted(sizes[c]))];
        if (chosen.Length == 0)
            return [];
        return stars.IsInMemory
            ? InMemory(stars, found.Labels, sizes, chosen, parallaxErrors?.InMemory)
            : Sorted(stars, found.OfLabels, sizes, chosen, parallaxErrors);
    }

    private static IEnumerable<(int Cluster, StarGroup Stars)> InMemory(
        StarColumns stars,
        int[] labels,
        IReadOnlyList<int> sizes,
        int[] chosen,
        double[]? parallaxErrors
    )
    {
        var members = new int[sizes.Count][];
        foreach (var cluster in chosen)
            members[cluster] = new int[sizes[cluster]];
        var filled = new int[sizes.Count];
        for (var row = 0; row < labels.Length; row++)
            if (labels[row] is >= 0 and var label && members[label] is { } rows)
                rows[filled[label]++] = row;
        foreach (var cluster in chosen)
        {
            double[] Of(double[]? column) => Array.ConvertAll(members[cluster], row => column?[row] ?? double.NaN);
            yield return (
                cluster,
                new StarGroup(
                    Of(stars.RaDeg),
                    Of(stars.DecDeg),
                    Of(stars.ParallaxMas),
                    Of(parallaxErrors),
                    Of(stars.PmraMasYr),
                    Of(stars.PmdecMasYr)
                )
            );
        }
    }

    /// <summary>Sorts the members into files by buckets of clusters, each of which can be held in memory or is one cluster.</summary>
    private static IEnumerable<(int Cluster, StarGroup Stars)> Sorted(
        StarColumns stars,
        Sequence<int> labels,
        IReadOnlyList<int> sizes,
        int[] chosen,
        Sequence<double>? parallaxErrors
    )
    {
        var buckets = Buckets(sizes, chosen, stars.Room.Tile);
        var bucketOf = new int[sizes.Count];
        Array.Fill(bucketOf, -1);
        foreach (var (i, bucket) in buckets.Index())
        foreach (var cluster in bucket.Clusters)
            bucketOf[cluster] = i;
        var (columns, numbers) = Sort(stars, labels, bucketOf, buckets, parallaxErrors);
        foreach (var bucket in buckets)
        {
            if (bucket.Clusters is [var alone])
            {
                yield return (alone, new StarGroup([.. columns.Select(c => new Section<double>(c, bucket.First, bucket.Count))]));
                continue;
            }
            var of = new int[bucket.Count];
            numbers.CopyTo(bucket.First, of);
            var values = columns.Select(_ => new double[bucket.Count]).ToArray();
            for (var c = 0; c < columns.Length; c++)
                columns[c].CopyTo(bucket.First, values[c]);
            var rows = bucket.Clusters.ToDictionary(cluster => cluster, cluster => new List<int>(sizes[cluster]));
            for (var i = 0; i < of.Length; i++)
                rows[of[i]].Add(i);
            foreach (var cluster in bucket.Clusters)
                yield return (
                    cluster,
                    new StarGroup([.. values.Select(v => (Sequence<double>)rows[cluster].Select(row => v[row]).ToArray())])
                );
        }
    }

    private static List<Bucket> Buckets(IReadOnlyList<int> sizes, int[] chosen, int most)
    {
        var (buckets, clusters) = (new List<Bucket>(), new List<int>());
        long first = 0;
        var count = 0;
        foreach (var cluster in chosen)
        {
            if (clusters.Count > 0 && count + (long)sizes[cluster] > most)
                Close();
            clusters.Add(cluster);
            count += sizes[cluster];
        }
        Close();
        return buckets;

        void Close()
        {
            buckets.Add(new Bucket([.. clusters], first, count));
            (first, count) = (first + count, 0);
            clusters.Clear();
        }
    }

    private static (Sequence<double>[] Columns, Sequence<int> Numbers) Sort(
        StarColumns stars,
        Sequence<int> labels,
        int[] bucketOf,
        List<Bucket> buckets,
        Sequence<double>? parallaxErrors
    )
    {
        var all = buckets.Sum(b => (long)b.Count);
        var columns = Enumerable.Range(0, 6).Select(_ => stars.Room.Create<double>(all)).ToArray();
        var numbers = stars.Room.Create<int>(all);
        var writers = Array.ConvertAll(columns, c => new BucketWriter<double>(c, 1, buckets.Select(b => b.First)));
        var labelWriter = new BucketWriter<int>(numbers, 1, buckets.Select(b => b.First));
        foreach (var (first, tile) in stars.Tiles())
        {
            var of = new int[tile.Count];
            labels.CopyTo(first, of);
            var errors = new double[tile.Count];
            errors.AsSpan().Fill(double.NaN);
            parallaxErrors?.CopyTo(first, errors);
            double[][] from = [tile.RaDeg, tile.DecDeg, tile.ParallaxMas, errors, tile.PmraMasYr, tile.PmdecMasYr];
            for (var row = 0; row < of.Length; row++)
            {
                if (of[row] < 0 || bucketOf[of[row]] is not (>= 0 and var bucket))
                    continue;
                labelWriter.Add(bucket, of.AsSpan(row, 1));
                for (var c = 0; c < from.Length; c++)
                    writers[c].Add(bucket, from[c].AsSpan(row, 1));
            }
        }
        labelWriter.Finish();
        foreach (var writer in writers)
            writer.Finish();
        return (columns, numbers);
    }

    /// <param name="First">where its members begin</param>
    private sealed record Bucket(int[] Clusters, long First, int Count);
}
