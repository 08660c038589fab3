using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Auto;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Clustering.Hdbscan;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Export;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;
using Xunit;

namespace Almagest.Runs.Tests.Execution;

/// <summary>What a run says of its clusters, stored with it.</summary>
public sealed class RunClustersTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private static Task<RunOutcome> RunAsync(TestLedger test, RunParameters parameters) =>
        new DiscoveryService(test.Ledger).RunOnlyAsync(new RunRequest("a", StarFilter.All, parameters), null, CancellationToken);

    public static TheoryData<RunParameters> Algorithms =>
        new()
        {
            new DbscanParameters
            {
                Features = "astrometric",
                Eps = 0.15,
                MinSamples = 10,
            },
            new HdbscanParameters { Features = "astrometric", MinClusterSize = 40 },
            new AutoParameters { Features = "cluster5d" },
        };

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task Every_cluster_run_stores_a_row_for_each_cluster_with_what_its_members_say(RunParameters parameters)
    {
        await using var test = await MadeCluster.CreateAsync();
        var outcome = await RunAsync(test, parameters);
        Assert.NotEqual(0, outcome.Analysis.Clusters!.ClusterCount);

        const string Format = "999990.999999";
        var stored = await test.StringsAsync(
            $"""
            select cluster_id, size, to_char(pmra_mas_yr, '{Format}'), to_char(pmra_error_mas_yr, '{Format}'),
                   to_char(pmdec_mas_yr, '{Format}'), to_char(pmdec_error_mas_yr, '{Format}')
            from discovery_clusters where run_id = '{outcome.RunId}' order by 1
            """
        );
        Assert.Equal(
            await test.StringsAsync(
                $"""
                select cluster_id, count(*), to_char(avg(pmra_mas_yr), '{Format}'),
                       to_char(stddev_samp(pmra_mas_yr) / sqrt(count(*)), '{Format}'),
                       to_char(avg(pmdec_mas_yr), '{Format}'), to_char(stddev_samp(pmdec_mas_yr) / sqrt(count(*)), '{Format}')
                from discovery_results join stars using (star_id)
                where run_id = '{outcome.RunId}' and cluster_id >= 0 group by 1 order by 1
                """
            ),
            stored
        );
        var list = await new ClusterExport(test.Ledger).ListAsync(
            await new RunRepository(test.Ledger).GetAsync(outcome.RunId!.Value, CancellationToken),
            1000,
            CancellationToken
        );
        Assert.Equal(outcome.Clusters.Largest(1000), list.Items.Select(c => new Contract.Runs.ClusterDescription(c)));
        Assert.Equal((stored.Count, false), (list.Total, list.Truncated));
        var judges = parameters is AutoParameters;
        Assert.All(list.Items, c => Assert.Equal((judges, judges), (c.Contrast is not null, c.Significance is not null)));
        var cluster = list.Items.MinBy(c => Math.Abs(c.PmraMasYr!.Value - 20))!;
        Assert.InRange(cluster.RaDeg!.Value, 50, 51);
        Assert.InRange(cluster.ParallaxMas!.Value, 7.9, 8.1);
        Assert.InRange(cluster.DistancePc!.Value, 123, 127);
        Assert.InRange(cluster.RadiusDeg!.Value, 0.2, 0.7);
    }

    [Fact]
    public async Task Clusters_go_with_their_run()
    {
        await using var test = await MadeCluster.CreateAsync();
        var outcome = await RunAsync(test, new AutoParameters { Features = "cluster5d" });
        Assert.NotEqual(0, await test.ScalarAsync<long>("select count(*) from discovery_clusters"));
        await new RunRepository(test.Ledger).DeleteAsync(outcome.RunId!.Value, CancellationToken);
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from discovery_clusters"));
    }

    [Fact]
    public async Task Of_a_run_of_an_older_program_number_and_size_are_known_and_nothing_is_zero()
    {
        await using var test = await MadeCluster.CreateAsync();
        var outcome = await new DiscoveryService(test.Ledger).RunAsync(
            new RunRequest("a", StarFilter.All, new AutoParameters { Features = "cluster5d" }),
            null,
            CancellationToken
        );
        await test.ExecuteAsync("delete from discovery_clusters");
        var run = await new RunRepository(test.Ledger).GetAsync(outcome.RunId!.Value, CancellationToken);
        var found = await ClusterResources.LargestAsync(test.Ledger, run, 10, CancellationToken);
        var known = outcome.Clusters.Largest(10);
        Assert.Equal(known.Select(c => (c.ClusterId, c.Size, c.Contrast)), found.Select(c => (c.ClusterId, c.Size, c.Contrast)));
        Assert.All(found, c => Assert.Equal((null, null, null, null), (c.RaDeg, c.ParallaxMas, c.PmraMasYr, c.RadiusDeg)));
        Assert.Empty((await new ClusterExport(test.Ledger).ListAsync(run, 10, CancellationToken)).Items);
    }

    [Fact]
    public async Task An_anomaly_run_has_no_clusters_to_list()
    {
        await using var test = await MadeCluster.CreateAsync();
        var outcome = await RunAsync(test, new IsolationForestParameters { Features = "sphere", NEstimators = 5 });
        var run = await new RunRepository(test.Ledger).GetAsync(outcome.RunId!.Value, CancellationToken);
        Assert.Equal(
            ErrorCode.WrongRunType,
            (await Assert.ThrowsAsync<LedgerException>(() => new ClusterExport(test.Ledger).ListAsync(run, 10, CancellationToken))).Code
        );
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from discovery_clusters"));
    }

    [Fact]
    public async Task Only_auto_gives_probabilities_and_only_hdbscan_gives_strengths()
    {
        await using var test = await MadeCluster.CreateAsync();
        foreach (var row in Algorithms)
            await RunAsync(test, row.Data);
        Assert.Equal(
            ["auto | 700 | 0", "dbscan | 0 | 0", "hdbscan | 0 | 700"],
            await test.StringsAsync(
                """
                select algorithm, count(membership_probability), count(membership_strength)
                from discovery_results join discovery_runs using (run_id) group by 1 order by 1
                """
            )
        );
    }
}
