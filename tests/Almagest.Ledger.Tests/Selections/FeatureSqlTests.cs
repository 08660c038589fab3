using Almagest.Discovery.Features;
using Almagest.Ledger.Selections;
using Npgsql;
using Xunit;

namespace Almagest.Ledger.Tests.Selections;

/// <summary>The database counts what a recipe can use by the rule that the runs analyse by.</summary>
public sealed class FeatureSqlTests
{
    private static readonly double[] s_odd =
    [
        double.NaN,
        double.PositiveInfinity,
        double.NegativeInfinity,
        0,
        -0.0,
        -1,
        1e-320,
        1e-101,
        1e-100,
        1e100,
        1.1e100,
        1e308,
        -1e308,
        0.001,
        0.0009999,
        5e-324,
    ];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Random_stars_with_odd_values_and_errors_are_counted_alike_by_database_and_program()
    {
        await using var test = await TestLedger.CreateAsync();
        const int Count = 3000;
        var (dataset, stars) = await test.AddDatasetAsync("sky", Count);
        var random = new Random(5);
        double? Value() =>
            random.Next(8) switch
            {
                0 => null,
                1 => s_odd[random.Next(s_odd.Length)],
                // Whole numbers, so that many a parallax is five times its error exactly.
                < 5 => random.Next(-3, 30),
                _ => 20 * random.NextDouble() - 2,
            };
        double?[] Column() => [.. Enumerable.Range(0, Count).Select(_ => Value())];
        await using (
            var command = test.Ledger.DataSource.CreateCommand(
                """
                update stars s set parallax_mas = v.a, parallax_error_mas = v.b, pmra_mas_yr = v.c, pmdec_mas_yr = v.d, magnitude = v.e,
                  color = v.f, radial_velocity_km_s = v.g
                from unnest($1, $2, $3, $4, $5, $6, $7, $8) as v (star_id, a, b, c, d, e, f, g) where v.star_id = s.star_id
                """
            )
        )
        {
            command.Parameters.Add(new NpgsqlParameter { Value = stars });
            for (var i = 0; i < 7; i++)
                command.Parameters.Add(new NpgsqlParameter { Value = Column() });
            await command.ExecuteNonQueryAsync(CancellationToken);
        }
        var loader = new SelectionLoader(test.Ledger);
        var recipes = RecipeChoice.AnomalyOrder.Concat(RecipeChoice.ClusterOrder).Select(FeatureRecipes.Get).ToList();
        var loaded = await loader.LoadAsync(
            dataset,
            StarFilter.All,
            [.. recipes.SelectMany(r => r.Further).Distinct()],
            null,
            CancellationToken
        );
        foreach (
            var rule in new[]
            {
                DistanceRule.Usual,
                DistanceRule.AnyParallax,
                new DistanceRule(5, true),
                new DistanceRule(0.1, false),
                new DistanceRule(1e-9, true),
                new DistanceRule(1e6, false),
            }
        )
        {
            var counted = await loader.CoverageAsync(dataset, StarFilter.All, rule, CancellationToken);
            var expected = ColumnCoverage.Of(loaded, rule, recipes);
            Assert.Equal(expected.Stars, counted.Stars);
            Assert.Equal(expected.Distances, counted.Distances);
            Assert.Equal(expected.ParallaxErrors, counted.ParallaxErrors);
            Assert.Equal(expected.Known.OrderBy(k => k.Key), counted.Known.OrderBy(k => k.Key));
            Assert.Equal(expected.Usable.OrderBy(k => k.Key), counted.Usable.OrderBy(k => k.Key));
            Assert.Equal(rule, counted.Rule);
            Assert.InRange(counted.Distances, rule.MinParallaxOverError == 1e6 ? 0 : 100, 2500);
        }
    }
}
