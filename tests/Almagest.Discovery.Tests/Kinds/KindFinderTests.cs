using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Features;
using Almagest.Discovery.Kinds;
using Almagest.Discovery.Registry;
using Almagest.Discovery.Tests.Anomaly;
using Almagest.Discovery.Tests.Features;
using Xunit;

namespace Almagest.Discovery.Tests.Kinds;

public sealed class KindFinderTests
{
    [Theory]
    [InlineData("isolation_forest", true)]
    [InlineData("extended_isolation_forest", true)]
    [InlineData("knn", false)]
    [InlineData("rank_ensemble", false)]
    public void White_dwarfs_fast_stars_and_giants_are_kinds_of_their_own(string name, bool tellsGiants)
    {
        var (stars, rows, kinds) = OnTheRealSky(name, 42);
        var absolute = rows.Select(i => stars.Magnitude[i] + 5 * Math.Log10(stars.ParallaxMas[i]) - 10).ToArray();
        Assert.InRange(kinds.Count, 4, 12);
        foreach (
            var (what, isOf) in new (string, Func<int, bool>)[]
            {
                ("white dwarfs", i => absolute[i] > 10 && stars.Color[rows[i]] < 1.5),
                (
                    "fast stars",
                    i => 4.74047 * double.Hypot(stars.PmraMasYr[rows[i]], stars.PmdecMasYr[rows[i]]) / stars.ParallaxMas[rows[i]] > 200
                ),
                ("giants", i => absolute[i] < 3.5 && stars.Color[rows[i]] > 0.8),
            }
        )
        {
            var (purity, kind) = kinds.Select(k => (Purity: k.Members.Count(isOf) / (double)k.Members.Count, Kind: k)).MaxBy(p => p.Purity);
            // Others flag subgiants, too: between giants and hot stars is no gap then.
            if (what == "giants" && !tellsGiants)
                continue;
            TestContext.Current.TestOutputHelper!.WriteLine($"{what}: {purity:0.00} of {kind.Members.Count}");
            Assert.True(purity >= 0.9, $"{what}: {purity} of {kind.Members.Count}; {Words(kinds)}");
        }
    }

    [Fact]
    public void Another_seed_finds_most_of_each_kind_again()
    {
        var (_, rows, kinds) = OnTheRealSky("isolation_forest", 42);
        var (_, otherRows, others) = OnTheRealSky("isolation_forest", 7);
        foreach (var kind in kinds.Where(k => k.Members.Count > 50))
        {
            var own = kind.Members.Select(i => rows[i]).ToHashSet();
            var best = others.Max(o =>
            {
                var theirs = o.Members.Select(i => otherRows[i]).ToHashSet();
                return own.Intersect(theirs).Count() / (double)own.Union(theirs).Count();
            });
            Assert.True(best > 0.3, $"{best}: {Words([kind])}");
        }
    }

    [Fact]
    public void Stars_that_are_odd_in_different_features_are_different_kinds_with_any_number_of_threads()
    {
        var matrix = MadeMatrix.Gaussian(3000, 4);
        for (var i = 0; i < 40; i++)
            matrix.Values[4 * i] += 9;
        for (var i = 40; i < 70; i++)
            matrix.Values[4 * i + 1] -= 9;
        for (var i = 70; i < 120; i++)
        {
            matrix.Values[4 * i + 2] += 7;
            matrix.Values[4 * i + 3] += 7;
        }
        var (rows, kinds) = Find(matrix, "isolation_forest", """{"contamination": 0.04}""", 1);
        Assert.True(kinds.Count >= 3);
        HashSet<int> Planted(int from, int to) => [.. Enumerable.Range(from, to - from)];
        foreach (var group in new[] { Planted(0, 40), Planted(40, 70), Planted(70, 120) })
        {
            var best = kinds.MaxBy(k => k.Members.Count(i => group.Contains(rows[i])))!;
            Assert.True(best.Members.Count(i => group.Contains(rows[i])) > 0.8 * best.Members.Count, Words(kinds));
        }
        var (again, same) = Find(matrix, "isolation_forest", """{"contamination": 0.04}""", 4);
        Assert.Equal(rows, again);
        Assert.Equal(kinds.Select(k => k.Members), same.Select(k => k.Members));
    }

    [Fact]
    public void Few_stars_are_no_kind()
    {
        var (rows, kinds) = Find(MadeMatrix.Gaussian(100, 3), "isolation_forest", """{"contamination": 0.04}""", 0);
        Assert.Equal(4, rows.Length);
        Assert.Empty(kinds);
    }

    private static (StarColumns Stars, int[] Rows, IReadOnlyList<AnomalyKind> Kinds) OnTheRealSky(string name, int seed)
    {
        var prepared = FeaturePipeline.Prepare(
            GaiaSample.Load(),
            FeatureRecipes.Get(FeatureRecipes.ForAnomalies),
            new FeatureOptions { ExcludeMissing = true }
        );
        var algorithm = Algorithms.Find(name)!;
        var (rows, kinds) = Find(prepared.Matrix, name, algorithm.Seed is null ? "{}" : $$"""{"random_state": {{seed}}}""", 0);
        return (prepared.Stars, rows, kinds);
    }

    private static (int[] Rows, IReadOnlyList<AnomalyKind> Kinds) Find(FeatureMatrix matrix, string name, string json, int threads)
    {
        var algorithm = Algorithms.Find(name)!;
        var parameters = algorithm.Read(json);
        var context = new AlgorithmContext { MaxThreads = threads };
        var result = (AnomalyResult)algorithm.Run(matrix, parameters, context);
        int[] rows = [.. Enumerable.Range(0, matrix.Rows).Where(result.IsAnomaly).OrderBy(i => result.RawScores[i])];
        var reasons = new ReasonVectors(matrix);
        var vectors = reasons.Of(((IExplainable)algorithm).Fit(matrix, parameters, context), rows, threads, CancellationToken.None);
        return (rows, KindFinder.Find(reasons, rows, vectors));
    }

    private static string Words(IReadOnlyList<AnomalyKind> kinds) =>
        string.Join(
            "; ",
            kinds.Select(k =>
                $"{k.Members.Count}: {string.Join(' ', k.Reasons.Select(r => FormattableString.Invariant($"{r:0.00}")))} far {k.FarIn}"
            )
        );
}
