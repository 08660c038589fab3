using Almagest.Discovery.Clustering;
using Almagest.Discovery.Features;
using Xunit;

namespace Almagest.Discovery.Tests.Clustering;

public sealed class FieldLikeTests
{
    // Stars along a line of right ascension, of which the first and the last are the farthest.
    private static readonly StarColumns s_stars = new()
    {
        StarId = [.. Enumerable.Range(1, 200).Select(i => (long)i)],
        RaDeg = [.. Enumerable.Range(0, 200).Select(i => 100 + i * 0.01)],
        DecDeg = new double[200],
        ParallaxMas = new double[200],
        PmraMasYr = new double[200],
        PmdecMasYr = new double[200],
        Magnitude = new double[200],
        Color = new double[200],
    };

    [Fact]
    public void A_cluster_as_wide_as_all_stars_is_told_and_one_in_their_midst_is_not()
    {
        Assert.Contains("Cluster 0 holds 67 of 200", Note(i => i % 3 == 0), StringComparison.Ordinal);
        Assert.Null(Note(i => i is >= 70 and < 130));
    }

    [Fact]
    public void A_few_stars_or_most_of_them_and_clusters_that_are_judged_are_not_told()
    {
        Assert.Null(Note(i => i % 20 == 0));
        Assert.Null(Note(i => i % 20 != 0));
        Assert.Null(FieldLike.Note(s_stars, Found(i => i % 3 == 0) with { Clusters = [] }));
    }

    private static string? Note(Func<int, bool> isMember) => FieldLike.Note(s_stars, Found(isMember));

    private static ClusterResult Found(Func<int, bool> isMember) =>
        ClusterInput.Result([.. Enumerable.Range(0, 200).Select(i => isMember(i) ? 0 : -1)], 1);
}
