using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Clustering;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Features;
using Xunit;

namespace Almagest.Discovery.Tests.Clustering.Dbscan;

/// <summary>What DBSCAN must answer, asked of the plain and of the fast implementation alike.</summary>
public sealed class DbscanTests
{
    public static TheoryData<string> Implementations => ["reference", "fast", "fast, one thread"];

    [Theory, MemberData(nameof(Implementations))]
    public void Two_groups_and_a_loner(string implementation)
    {
        var result = Cluster(implementation, new() { Eps = 1, MinSamples = 3 }, [5, 0, 5.5, 0.5, 100, 6, 1]);
        Assert.Equal([0, 1, 0, 1, -1, 0, 1], result.Labels);
        Assert.Equal((2, 1), (result.ClusterCount, result.NoiseCount));
        Assert.Null(result.Strengths);
        Assert.Null(result.Probabilities);
    }

    [Theory, MemberData(nameof(Implementations))]
    public void A_neighbour_at_exactly_eps_counts_and_the_star_itself_too(string implementation)
    {
        Assert.Equal([0, 0], Cluster(implementation, new() { Eps = 1, MinSamples = 2 }, [0, 1]).Labels);
        Assert.Equal([-1, -1], Cluster(implementation, new() { Eps = 1, MinSamples = 2 }, [0, Math.BitIncrement(1.0)]).Labels);
        Assert.Equal([0, 1], Cluster(implementation, new() { Eps = 0.5, MinSamples = 1 }, [0, 1]).Labels);
    }

    [Theory, MemberData(nameof(Implementations))]
    public void A_border_star_between_two_clusters_joins_the_lowest_numbered(string implementation)
    {
        // The star at 2 reaches a core star on either side but has too few neighbours itself.
        Assert.Equal(
            [0, 0, 0, 0, 0, 1, 1, 1, 1],
            Cluster(implementation, new() { Eps = 1, MinSamples = 4 }, [2, 1, 0.5, 0.3, 0.2, 3, 3.5, 3.7, 3.8]).Labels
        );
        Assert.Equal(
            [0, 0, 0, 0, 0, 1, 1, 1, 1],
            Cluster(implementation, new() { Eps = 1, MinSamples = 4 }, [2, 3, 3.5, 3.7, 3.8, 1, 0.5, 0.3, 0.2]).Labels
        );
    }

    [Theory, MemberData(nameof(Implementations))]
    public void Clusters_are_numbered_by_their_first_core_star_not_their_first_star(string implementation)
    {
        // Row 0 is a border star of the right group; the left group's core comes first.
        Assert.Equal(
            [1, 0, 0, 0, 1, 1, 1],
            Cluster(implementation, new() { Eps = 1, MinSamples = 3 }, [12, 0, 0.5, 1, 11, 10.5, 10.4]).Labels
        );
    }

    [Theory, MemberData(nameof(Implementations))]
    public void Fewer_stars_than_min_samples_are_all_noise(string implementation)
    {
        var result = Cluster(implementation, new() { Eps = 1, MinSamples = 4 }, [0, 0, 0]);
        Assert.Equal([-1, -1, -1], result.Labels);
        Assert.Equal((0, 3), (result.ClusterCount, result.NoiseCount));
    }

    [Theory, MemberData(nameof(Implementations))]
    public void No_stars_give_no_labels(string implementation)
    {
        var result = Cluster(implementation, new(), []);
        Assert.Empty(result.Labels);
        Assert.Equal((0, 0), (result.ClusterCount, result.NoiseCount));
    }

    [Theory, MemberData(nameof(Implementations))]
    public void Equal_stars_are_one_cluster_however_small_eps_is(string implementation)
    {
        var result = Cluster(implementation, new() { Eps = double.Epsilon, MinSamples = 10 }, [.. Enumerable.Repeat(3.25, 500)]);
        Assert.Equal((1, 0), (result.ClusterCount, result.NoiseCount));
        Assert.All(result.Labels, label => Assert.Equal(0, label));
    }

    [Theory, MemberData(nameof(Implementations))]
    public void An_eps_beyond_the_data_gives_one_cluster(string implementation)
    {
        var random = new Random(3);
        var values = Enumerable.Range(0, 900).Select(_ => random.NextDouble()).ToArray();
        Assert.Equal((1, 0), Counts(Cluster(implementation, new() { Eps = 1e200, MinSamples = 300 }, values, columns: 3)));
    }

    [Theory, MemberData(nameof(Implementations))]
    public void Values_at_the_ends_of_the_double_range_are_clustered_too(string implementation)
    {
        var result = Cluster(
            implementation,
            new() { Eps = 1, MinSamples = 2 },
            [-double.MaxValue, double.MaxValue, 0, double.Epsilon, -double.MaxValue, double.MaxValue, 1e-300, 1]
        );
        Assert.Equal([0, 1, 2, 2, 0, 1, 2, 2], result.Labels);
    }

    [Theory, MemberData(nameof(Implementations))]
    public void A_chain_of_neighbours_is_one_cluster(string implementation)
    {
        double[] chain = [.. Enumerable.Range(0, 1500).Select(i => (double)i).Reverse()];
        Assert.Equal((1, 0), Counts(Cluster(implementation, new() { Eps = 1, MinSamples = 2 }, chain)));
        Assert.Equal((0, 1500), Counts(Cluster(implementation, new() { Eps = 0.999, MinSamples = 2 }, chain)));
    }

    [Theory, MemberData(nameof(Implementations))]
    public void A_value_that_is_not_finite_is_refused_with_its_place(string implementation)
    {
        var error = Assert.Throws<DiscoveryException>(() => Cluster(implementation, new(), [0, 1, 2, double.NaN, 4, 5], columns: 2));
        Assert.Contains("'f1' of row 1", error.Message, StringComparison.Ordinal);
        Assert.Throws<DiscoveryException>(() => Cluster(implementation, new(), [0, double.NegativeInfinity], columns: 1));
    }

    [Theory, MemberData(nameof(Implementations))]
    public void A_matrix_without_features_is_refused(string implementation) =>
        Assert.Throws<DiscoveryException>(() => Run(implementation, new(), new FeatureMatrix(3, [], [])));

    [Theory]
    [InlineData(0.0, 10, 0, "eps")]
    [InlineData(-1.0, 10, 0, "eps")]
    [InlineData(double.NaN, 10, 0, "eps")]
    [InlineData(double.PositiveInfinity, 10, 0, "eps")]
    [InlineData(0.5, 0, 0, "min_samples")]
    [InlineData(0.5, 10, -1, "max_threads")]
    public void A_parameter_out_of_range_is_refused_by_its_name(double eps, int minSamples, int threads, string name)
    {
        Assert.Contains(
            name,
            Assert
                .ThrowsAny<DiscoveryException>(() =>
                    new DbscanParameters { Eps = eps, MinSamples = minSamples }.Run(Matrices.OneColumn(0, 1), threads)
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    [Theory, MemberData(nameof(Implementations))]
    public void A_cancelled_run_stops(string implementation)
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var features = Matrices.OneColumn(0, 1, 2);
        Assert.ThrowsAny<OperationCanceledException>(() =>
            Run(implementation, new() { MinSamples = 1 }, features, new AlgorithmContext { CancellationToken = source.Token })
        );
    }

    [Theory, MemberData(nameof(Implementations))]
    public void Progress_rises_to_one(string implementation)
    {
        var seen = new Recorder();
        Run(
            implementation,
            new() { MinSamples = 2 },
            Matrices.OneColumn([.. Enumerable.Range(0, 100).Select(i => 0.3 * i)]),
            new AlgorithmContext { Progress = seen }
        );
        Assert.Equal(1, seen.Values[^1]);
        Assert.Equal(seen.Values.Order(), seen.Values);
    }

    private static (int Clusters, int Noise) Counts(ClusterResult result) => (result.ClusterCount, result.NoiseCount);

    private static ClusterResult Cluster(string implementation, DbscanParameters parameters, double[] values, int columns = 1) =>
        Run(implementation, parameters, Matrices.Of(columns, values));

    private static ClusterResult Run(
        string implementation,
        DbscanParameters parameters,
        FeatureMatrix features,
        AlgorithmContext? context = null
    )
    {
        context ??= new AlgorithmContext { CancellationToken = TestContext.Current.CancellationToken };
        return implementation switch
        {
            "reference" => ReferenceDbscan.Cluster(features, parameters, context),
            "fast" => DbscanAlgorithm.Instance.Cluster(features, parameters, context),
            _ => DbscanAlgorithm.Instance.Cluster(features, parameters, context with { MaxThreads = 1 }),
        };
    }

    private sealed class Recorder : IProgress<double>
    {
        public List<double> Values { get; } = [];

        public void Report(double value) => Values.Add(value);
    }
}
