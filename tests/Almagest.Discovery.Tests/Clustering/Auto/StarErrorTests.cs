using Almagest.Discovery.Clustering.Auto;
using Almagest.Discovery.Features;
using Xunit;

namespace Almagest.Discovery.Tests.Clustering.Auto;

/// <summary>Simulated fields with known truth, whose errors grow towards faint stars, and a search that is told of them.</summary>
public sealed class StarErrorTests
{
    private static readonly string[] s_withoutCorrelations =
    [
        StarColumns.PmraErrorName,
        StarColumns.PmdecErrorName,
        StarColumns.ParallaxErrorName,
    ];

    [Fact(Explicit = true)] // Half a minute: by ./test --release.
    public void With_errors_a_probability_is_the_share_of_members_among_the_stars_that_have_it()
    {
        var pairs = new List<(double Probability, bool IsMember, double Error)>();
        for (var seed = 20; seed < 26; seed++)
        {
            var made = new MadeSurvey(seed, 8000, Limit: 19).WithField().With(400, 1100 + 150 * (seed % 5), 7, -3.5, 1.8);
            var found = made.Search();
            Assert.Equal(1, found.ClusterCount);
            var errors = made.ParallaxErrors;
            pairs.AddRange(found.Probabilities!.Select((p, i) => (p, made.Truth[i] > 0, errors[i])).Where(x => x.p > 0.01));
        }

        // In order of the probability, and, of stars with errors from small to large ones.
        foreach (var order in new Func<(double Probability, bool IsMember, double Error), double>[] { p => p.Probability, p => p.Error })
        {
            foreach (var bin in pairs.OrderBy(order).Chunk((pairs.Count + 4) / 5))
            {
                Assert.True(bin.Length >= 200, $"{bin.Length} stars");
                var mean = bin.Average(p => p.Probability);
                var tolerance = 0.05 + 2 * Math.Sqrt(mean * (1 - mean) / bin.Length);
                Assert.InRange(bin.Average(p => p.IsMember ? 1.0 : 0) - mean, -tolerance, tolerance);
            }
        }
    }

    [Theory]
    [InlineData(1, 1, 0)] // as Gaia DR3 has them
    [InlineData(1.3, 1.7, 0)] // as DR2
    [InlineData(1, 1, 0.7)] // correlated
    public void Errors_cost_neither_members_nor_purity(double scale, double ratio, double correlation)
    {
        var made = new MadeSurvey(2, 4500, ErrorScale: scale, MotionRatio: ratio, Correlation: correlation)
            .WithField()
            .With(400, 1500, 6, -3, 1.6);
        var (told, untold) = (made.Score(made.Search(), 1), made.Score(made.Search(null, AutoParameters.Ignore), 1));
        Assert.InRange(told.Precision, untold.Precision - 0.03, 1);
        Assert.InRange(told.Recall, untold.Recall - 0.01, 1);
        Assert.InRange(told.Recall, 0.95, 1);
    }

    [Fact]
    public void Errors_that_are_said_too_small_and_errors_without_correlations_cost_little()
    {
        var made = new MadeSurvey(3, 4500, Correlation: 0.5, SaidScale: 0.75).WithField().With(300, 1500, 6, -3, 1.6);
        foreach (var beside in (string[][])[s_withoutCorrelations, [StarColumns.ParallaxErrorName]])
        {
            var (precision, recall) = made.Score(made.Search(beside), 1);
            Assert.InRange(precision, 0.93, 1);
            Assert.InRange(recall, 0.93, 1);
        }
    }

    [Fact]
    public void A_star_of_the_field_is_no_member_for_its_broad_error_alone()
    {
        var made = new MadeSurvey(4, 12_000, Limit: 20).WithField().With(300, 1500, 6, -3, 1.6);
        var matrix = made.Matrix();
        // Every tenth star of the field is measured so badly that it may be anywhere.
        var bad = Enumerable.Range(0, matrix.Rows).Where(r => made.Truth[r] == 0 && r % 10 == 0).ToArray();
        foreach (var row in bad)
        foreach (var name in s_withoutCorrelations)
            matrix.Beside[name][row] = 30;
        var found = AutoAlgorithm.Instance.Cluster(matrix, new AutoParameters { StarErrors = AutoParameters.Use });
        Assert.Equal(1, found.ClusterCount);
        // As many of them would be members by chance as of other stars of the field.
        Assert.InRange(bad.Count(row => found.Labels[row] >= 0), 0, 0.003 * bad.Length);
        Assert.InRange(made.Score(found, 1).Recall, 0.85, 1);
    }

    [Fact]
    public void Where_fewer_than_half_of_the_stars_have_errors_all_scatter_alike()
    {
        var made = new MadeSurvey(5, 2500).WithField().With(200, 1000, 8, 2, -5);
        var matrix = made.Matrix();
        foreach (var values in matrix.Beside.Values)
            for (var row = 0; row < values.Length; row++)
                if (row % 5 < 3)
                    values[row] = double.NaN;
        var (some, none) = (
            AutoAlgorithm.Instance.Cluster(matrix, new AutoParameters { StarErrors = AutoParameters.Use }),
            AutoAlgorithm.Instance.Cluster(made.Matrix([]), new AutoParameters { StarErrors = AutoParameters.Use })
        );
        Assert.Equal(none.Labels, some.Labels);
        Assert.Equal(none.Probabilities, some.Probabilities);
        Assert.Equal(none.Probabilities, made.Search(null, AutoParameters.Ignore).Probabilities);
    }

    [Fact]
    public void A_star_that_lacks_the_errors_of_the_others_can_be_a_member()
    {
        var made = new MadeSurvey(6, 6000).WithField().With(300, 1000, 8, 2, -5);
        var matrix = made.Matrix();
        var lacking = Enumerable.Range(0, matrix.Rows).Where(r => r % 4 == 0).ToArray();
        foreach (var row in lacking)
            matrix.Beside[StarColumns.PmraErrorName][row] = row % 8 == 0 ? double.NaN : 0;
        var found = AutoAlgorithm.Instance.Cluster(matrix, new AutoParameters { StarErrors = AutoParameters.Use });
        var members = lacking.Where(row => made.Truth[row] == 1).ToArray();
        Assert.InRange(members.Count(row => found.Labels[row] == 0), 0.9 * members.Length, members.Length);
        Assert.InRange(lacking.Count(row => made.Truth[row] == 0 && found.Labels[row] == 0), 0, 0.1 * members.Length);
    }

    [Fact]
    public void A_run_that_does_not_say_so_or_is_older_than_the_parameter_ignores_errors()
    {
        Assert.Equal(AutoParameters.Ignore, ((AutoParameters)AutoAlgorithm.Instance.ReadStored("{}")).StarErrors);
        Assert.Equal(AutoParameters.Ignore, ((AutoParameters)AutoAlgorithm.Instance.Read("{}")).StarErrors);
    }

    [Fact]
    public void With_errors_the_same_seed_gives_the_same_rows_at_any_number_of_threads()
    {
        var matrix = new MadeSurvey(7, 2500, Correlation: 0.4).WithField().With(200, 1000, 8, 2, -5).Matrix();
        var (one, three) = (
            AutoAlgorithm.Instance.Cluster(matrix, new AutoParameters { StarErrors = AutoParameters.Use }, new() { MaxThreads = 1 }),
            AutoAlgorithm.Instance.Cluster(matrix, new AutoParameters { StarErrors = AutoParameters.Use }, new() { MaxThreads = 3 })
        );
        Assert.Equal(one.Probabilities, three.Probabilities);
        Assert.Equal(one.Clusters, three.Clusters);
    }
}
