using Almagest.Discovery.Clustering;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Clustering.Hdbscan;
using Xunit;

namespace Almagest.Discovery.Tests.Clustering;

public sealed class ClusterNotesTests
{
    [Fact]
    public void A_cluster_of_most_stars_is_called_more_likely_the_field()
    {
        var found = new DbscanParameters { Eps = 50, MinSamples = 5 }.Run(Matrices.Clumpy(400, 3, 1));
        Assert.Equal(1, found.ClusterCount);
        Assert.Contains("holds 400 of 400 stars", Assert.Single(found.Notes), StringComparison.Ordinal);
        Assert.Contains("smaller eps", found.Notes[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Where_nothing_is_found_the_note_says_what_to_try()
    {
        var features = Matrices.Clumpy(400, 3, 1);
        Assert.Contains(
            "larger eps",
            Assert.Single(
                new DbscanParameters { Eps = 1e-9 }
                    .Run(features)
                    .Notes
            ),
            StringComparison.Ordinal
        );
        var hdbscan = HdbscanAlgorithm.Instance.Cluster(features, new HdbscanParameters { MinClusterSize = 390 });
        Assert.Equal(0, hdbscan.ClusterCount);
        Assert.Contains("allow_single_cluster", Assert.Single(hdbscan.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Few_stars_are_said_to_be_too_few_whatever_is_found()
    {
        Assert.StartsWith(
            "Only 30 stars were analysed: too few to tell a cluster from its field.",
            new DbscanParameters { Eps = 1e-9 }
                .Run(Matrices.Clumpy(30, 3, 1))
                .Notes[0],
            StringComparison.Ordinal
        );
        Assert.Empty(ClusterNotes.OfFew(ClusterNotes.Few, []));
    }

    [Fact]
    public void A_cluster_of_few_stars_needs_no_note() =>
        Assert.Empty(
            ClusterNotes.Of(new ClusterResult([.. Enumerable.Repeat(-1, 90), .. Enumerable.Repeat(0, 10)], 1, 90), DbscanAlgorithm.Instance)
        );
}
