using Almagest.Discovery.Clustering.Auto;
using Xunit;

namespace Almagest.Discovery.Tests.Clustering.Auto;

public sealed class AutoTests
{
    [Fact]
    public void Two_clusters_of_one_cone_are_found_apart()
    {
        var cone = new MadeCone(1, 6000).With(300, 900, 8, 3, -4).With(200, 2000, 4, -2.5, 1.8);
        var found = cone.Search();
        Assert.Equal(2, found.ClusterCount);
        foreach (var cluster in (int[])[1, 2])
        {
            var (precision, recall) = cone.Score(found, cluster);
            Assert.InRange(precision, 0.9, 1);
            Assert.InRange(recall, 0.9, 1);
        }

        Assert.All(found.Clusters!, c => Assert.True(c.Significance > 5 && c.Contrast > 10, $"{c}"));
        Assert.Equal(found.Clusters!.Sum(c => c.Size), found.Labels.Count(l => l >= 0));
    }

    [Theory]
    [InlineData(150, 1500, 25, -20, -10)] // near
    [InlineData(2500, 400, 4, -2.2, 0.7)] // far
    [InlineData(600, 60, 10, -5, -6)] // few members
    [InlineData(1400, 1500, 6, -4.5, 2.5)] // many
    public void A_cluster_is_found_near_and_far_poor_and_rich(double distance, int members, double arcminutes, double pmra, double pmdec)
    {
        var cone = new MadeCone(2, 5000).With(members, distance, arcminutes, pmra, pmdec);
        var (precision, recall) = cone.Score(cone.Search(), 1);
        Assert.InRange(precision, 0.8, 1);
        Assert.InRange(recall, 0.8, 1);
    }

    [Theory]
    [InlineData(12_000, 1500)]
    [InlineData(5000, 600)]
    public void The_dense_middle_of_a_field_is_no_cluster(int stars, double distance)
    {
        var found = new MadeCone(3, stars, 1.5, distance).Search();
        Assert.Equal(0, found.ClusterCount);
        Assert.All(found.Labels, l => Assert.Equal(-1, l));
        var note = Assert.Single(found.Notes);
        Assert.Contains("lie on the sky as the field does", note, StringComparison.Ordinal);
        Assert.DoesNotContain("wider selection", note, StringComparison.Ordinal);
    }

    // A globular cluster in a cone cut around it: nearly two of three stars are its own.
    [Fact]
    public void A_group_of_most_of_the_stars_asks_for_a_wider_selection()
    {
        var cone = new MadeCone(31, 1400).With(2600, 6000, 1.8, -3, 1);
        var found = cone.Search();
        Assert.Equal(0, found.ClusterCount);
        var note = Assert.Single(found.Notes);
        Assert.Matches(@"a group there holds 2,[5-7]\d\d of the 4,000 stars, half of them within 0\.0[34]°", note);
        Assert.Contains("a wider selection around it shows it", note, StringComparison.Ordinal);
        Assert.DoesNotContain("smaller cone", note, StringComparison.Ordinal);
        Assert.DoesNotContain("as the field does", note, StringComparison.Ordinal);
        // The advice holds.
        Assert.Equal(1, new MadeCone(31, 5600, 1.6).With(2600, 6000, 1.8, -3, 1).Search().ClusterCount);
    }

    [Fact]
    public void Fewer_stars_than_a_cluster_must_have_are_said_to_be_too_few()
    {
        var cone = new MadeCone(2, 5000).With(60, 600, 10, -5, -6);
        Assert.Equal(1, cone.Search().ClusterCount);
        var found = cone.Search(new AutoParameters { MinMembers = 100 });
        Assert.Equal(0, found.ClusterCount);
        Assert.Contains("too few to tell from the field (min_members is 100)", Assert.Single(found.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Shuffled_stars_have_a_cluster_in_at_most_one_of_eight_fields() =>
        Assert.InRange(Enumerable.Range(10, 8).Count(seed => new MadeCone(seed, 2000).Shuffled().Search().ClusterCount > 0), 0, 1);

    [Fact]
    public void The_same_seed_gives_the_same_rows_at_any_number_of_threads()
    {
        var cone = new MadeCone(4, 3000).With(200, 1000, 8, 2, -5);
        var (one, three) = (cone.Search(1), cone.Search(3));
        Assert.Equal(one.Labels, three.Labels);
        Assert.Equal(one.Probabilities, three.Probabilities);
        Assert.Equal(one.Clusters, three.Clusters);
    }

    [Fact]
    public void Proper_motions_alone_are_enough()
    {
        var cone = new MadeCone(5, 8000).With(300, 1000, 8, 4, -7);
        var (precision, recall) = cone.Score(cone.Search(2, "dir_x", "dir_y", "dir_z", "pmra", "pmdec"), 1);
        Assert.InRange(precision, 0.8, 1);
        Assert.InRange(recall, 0.8, 1);
    }

    [Fact]
    public void A_star_that_lacks_a_parallax_is_in_no_cluster()
    {
        var cone = new MadeCone(6, 6000).With(200, 1000, 8, 2, -5);
        var matrix = cone.Matrix();
        var lacking = Enumerable.Range(0, matrix.Rows).Where(r => r % 3 == 0).ToArray();
        foreach (var row in lacking)
            matrix.Values[row * matrix.Columns + 5] = double.NaN;
        var found = AutoAlgorithm.Instance.Cluster(matrix, new AutoParameters());
        Assert.Equal(1, found.ClusterCount);
        Assert.All(lacking, row => Assert.Equal((-1, 0), (found.Labels[row], found.Probabilities![row])));
        Assert.Contains(found.Notes, n => n.Contains("2,067 of 6,200 stars lack", StringComparison.Ordinal));
    }

    [Fact]
    public void Without_proper_motions_nothing_is_found_and_the_note_says_what_to_choose()
    {
        var found = new MadeCone(7, 500).Search(1, "dir_x", "dir_y", "dir_z");
        Assert.Equal(0, found.ClusterCount);
        Assert.Contains("cluster5d", Assert.Single(found.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Few_stars_are_too_few_to_search() =>
        Assert.Contains("too few", Assert.Single(new MadeCone(8, 12).Search().Notes), StringComparison.Ordinal);

    [Fact]
    public void A_probability_is_the_share_of_members_among_the_stars_that_have_it()
    {
        var pairs = new List<(double Probability, bool IsMember)>();
        for (var seed = 20; seed < 25; seed++)
        {
            var cone = new MadeCone(seed, 5000).With(400, 1300 + 100 * (seed % 5), 7, -3.5, 1.8);
            var found = cone.Search();
            Assert.Equal(1, found.ClusterCount);
            pairs.AddRange(found.Probabilities!.Select((p, i) => (p, cone.Truth[i] > 0)).Where(x => x.p > 0.01));
        }

        foreach (var bin in pairs.OrderBy(p => p.Probability).Chunk((pairs.Count + 4) / 5))
        {
            Assert.True(bin.Length >= 200, $"{bin.Length} stars");
            var mean = bin.Average(p => p.Probability);
            var share = bin.Average(p => p.IsMember ? 1.0 : 0);
            Assert.InRange(share - mean, -Tolerance(mean, bin.Length), Tolerance(mean, bin.Length));
        }

        // The stars in doubt, which are few, as one.
        var doubtful = pairs.Where(p => p.Probability is > 0.2 and < 0.8).ToArray();
        var expected = doubtful.Average(p => p.Probability);
        Assert.InRange(
            doubtful.Average(p => p.IsMember ? 1.0 : 0) - expected,
            -Tolerance(expected, doubtful.Length) - 0.05,
            Tolerance(expected, doubtful.Length) + 0.05
        );
    }

    [Fact]
    public void Stored_runs_replay_without_what_the_search_has_learned_since()
    {
        var stored = (AutoParameters)AutoAlgorithm.Instance.ReadStored("""{ "min_members": 12 }""");
        Assert.Equal((AutoParameters.Within, AutoParameters.Meridian, 12), (stored.FieldDensity, stored.MotionFrame, stored.MinMembers));
        var asked = (AutoParameters)AutoAlgorithm.Instance.Read("""{ "min_members": 12 }""");
        Assert.Equal((AutoParameters.Around, AutoParameters.Field), (asked.FieldDensity, asked.MotionFrame));
    }

    [Theory]
    [InlineData(0.0227501, 2)]
    [InlineData(0.00134990, 3)]
    [InlineData(2.866516e-7, 5)]
    [InlineData(7.619853e-24, 10)]
    public void A_chance_is_as_many_standard_deviations_as_tables_say(double chance, double deviations) =>
        Assert.Equal(deviations, NormalTail.Deviations(Math.Log(chance)), 0.001);

    private static double Tolerance(double p, int stars) => 0.05 + 2 * Math.Sqrt(p * (1 - p) / stars);
}
