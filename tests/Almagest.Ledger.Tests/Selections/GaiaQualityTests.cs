using Almagest.Contract.Errors;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Selections;
using Npgsql;
using Xunit;

namespace Almagest.Ledger.Tests.Selections;

/// <summary>The published quality cuts, as the papers have them.</summary>
public sealed class GaiaQualityTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1.2, 0.3, 15.0, 0.03260347, 0.0140301879571246)]
    [InlineData(1.1543, -0.4, 18.5, 0.00828448000000015, 0.0457239897131307)]
    [InlineData(1.25, 0.5, 10.0, 0.070685125, 0.00635602124314427)]
    [InlineData(1.35, 1.7, 19.7, 0.0550437770000001, 0.0701262230787474)]
    [InlineData(1.9, 3.99, 20.5, 0.281551243421, 0.0928476021609502)]
    [InlineData(1.6, 4.0, 17.0, -0.01972, 0.0268536938603835)]
    [InlineData(2.1, 5.2, 20.9, 0.3116356, 0.106624018536464)]
    [InlineData(1.18, 0.8, 6.0, -0.0196883520000002, 0.00599727500074516)]
    public void The_corrected_excess_factor_and_its_scatter_are_those_of_numpy(
        double excess,
        double color,
        double magnitude,
        double corrected,
        double scatter
    )
    {
        Assert.Equal(corrected, GaiaQuality.CorrectedExcess(excess, color), 12);
        Assert.Equal(scatter, GaiaQuality.ExcessScatter(magnitude), 12);
    }

    [Theory]
    [InlineData(GaiaQuality.Dr3)]
    [InlineData(GaiaQuality.Dr2)]
    public async Task The_database_keeps_the_stars_that_the_papers_keep_and_counts_what_each_cut_takes(string release)
    {
        await using var test = await TestLedger.CreateAsync();
        const int Count = 4000;
        var (dataset, stars) = await test.AddDatasetAsync("sky", Count);
        var random = new Random(8);
        double?[] Column(Func<double> draw) =>
            [
                .. Enumerable
                    .Range(0, Count)
                    .Select(_ =>
                        random.Next(30) switch
                        {
                            0 => null,
                            1 => double.NaN,
                            _ => (double?)draw(),
                        }
                    ),
            ];
        var color = Column(() => 6 * random.NextDouble() - 1);
        var magnitude = Column(() => 3 + 18 * random.NextDouble());
        var columns = new Dictionary<string, double?[]>
        {
            ["ruwe"] = release == GaiaQuality.Dr3 ? Column(() => 0.8 + random.NextDouble()) : [.. new double?[Count]],
            ["color"] = color,
            ["magnitude"] = magnitude,
            ["phot_bp_rp_excess_factor"] =
            [
                .. color.Select(c => c is null ? null : (double?)(1.15 + 0.06 * c.Value * c.Value + 0.3 * (random.NextDouble() - 0.4))),
            ],
            ["parallax_mas"] = Column(() => 10 * random.NextDouble() - 1),
            ["parallax_error_mas"] = Column(() => random.NextDouble()),
        };
        foreach (var (name, values) in columns)
            await SetAsync(test, $"{name} = v.x", stars, values);
        var chi2 = Column(() => 1500 * random.NextDouble());
        var observations = Column(() => random.Next(3, 400));
        if (release == GaiaQuality.Dr2)
        {
            // JSON has no NaN.
            static double?[] Numbers(double?[] values) => [.. values.Select(v => v is { } n && double.IsNaN(n) ? null : v)];
            (chi2, observations) = (Numbers(chi2), Numbers(observations));
            static string Json(string key) => $$"""('{"{{key}}": ' || coalesce(v.x::text, 'null') || '}')::jsonb""";
            await SetAsync(test, $"extra = {Json("astrometric_chi2_al")}", stars, chi2);
            await SetAsync(test, $"extra = extra || {Json("astrometric_n_good_obs_al")}", stars, observations);
        }

        var (found, filter) = await new DatasetRepository(test.Ledger).SelectedAsync(
            "sky",
            new StarFilter { Quality = GaiaQuality.Gaia },
            CancellationToken
        );
        Assert.Equal(release, filter.Quality);
        Assert.Equal(filter, StarFilter.FromJson(filter.ToJson()));

        double At(string name, int i) => columns[name][i] ?? double.NaN;
        bool Astrometry(int i)
        {
            if (release == GaiaQuality.Dr3)
                return At("ruwe", i) < 1.4;
            var u = Math.Sqrt((chi2[i] ?? double.NaN) / ((observations[i] ?? double.NaN) - 5));
            return observations[i] > 5 && u < 1.2 * Math.Max(1, Math.Exp(-0.2 * (At("magnitude", i) - 19.5)));
        }
        bool Excess(int i)
        {
            var (e, x) = (At("phot_bp_rp_excess_factor", i), At("color", i));
            return release == GaiaQuality.Dr3
                ? Math.Abs(GaiaQuality.CorrectedExcess(e, x)) < 3 * GaiaQuality.ExcessScatter(At("magnitude", i))
                : e > 1.0 + 0.015 * x * x && e < 1.3 + 0.06 * x * x;
        }
        bool Parallax(int i) => At("parallax_error_mas", i) > 0 && At("parallax_mas", i) / At("parallax_error_mas", i) >= 5;
        Func<int, bool>[] cuts = [Astrometry, Excess, Parallax];
        var kept = Enumerable.Range(0, Count).Where(i => cuts.All(c => c(i))).Select(i => stars[i]).ToArray();
        Assert.InRange(kept.Length, 50, 2000);
        var loaded = await new SelectionLoader(test.Ledger).LoadAsync(dataset, filter, null, CancellationToken);
        Assert.Equal(kept, loaded.StarId);

        var counted = await new QualityCuts(test.Ledger).CountAsync(dataset, filter, CancellationToken);
        Assert.Equal((release, (long)Count), (counted!.Release, counted.Stars));
        Assert.Equal(
            cuts.Select((cut, k) => (long)Enumerable.Range(0, Count).Count(i => cuts[..k].All(c => c(i)) && !cut(i))),
            counted.Cuts.Select(c => c.Removed)
        );
        Assert.Equal(Count - kept.Length, counted.Cuts.Sum(c => c.Removed));
        Assert.EndsWith($"; {kept.Length:N0} are left.", counted.Sentence(), StringComparison.Ordinal);
        Assert.Single(found);
    }

    [Fact]
    public async Task A_table_that_lacks_what_a_cut_needs_is_refused_with_the_names_of_the_columns()
    {
        await using var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("sky", 50);
        await test.ExecuteAsync("update stars set parallax_mas = 5, parallax_error_mas = 0.1, magnitude = 12, color = 1");
        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            new DatasetRepository(test.Ledger).SelectedAsync("sky", new StarFilter { Quality = "gaia" }, CancellationToken)
        );
        Assert.Equal("filter.quality", error.Field);
        Assert.Equal(
            "nothing says that 'sky' is a table of Gaia's, whose quality cuts need ruwe, phot_bp_rp_excess_factor, which no star of it has",
            error.Message
        );
        await test.ExecuteAsync("update datasets set reference_epoch = 2016");
        error = await Assert.ThrowsAsync<LedgerException>(() =>
            new DatasetRepository(test.Ledger).SelectedAsync("sky", new StarFilter { Quality = "gaia" }, CancellationToken)
        );
        Assert.Equal("the cuts of gaia_dr3 need ruwe, phot_bp_rp_excess_factor, which no star of 'sky' has", error.Message);
        Assert.EndsWith("such as 'parallax_over_error=5..'.", error.Remedy, StringComparison.Ordinal);
        await test.ExecuteAsync("update datasets set reference_epoch = 2015.5");
        error = await Assert.ThrowsAsync<LedgerException>(() =>
            new DatasetRepository(test.Ledger).SelectedAsync("sky", new StarFilter { Quality = "gaia" }, CancellationToken)
        );
        Assert.Contains("of gaia_dr2 need ruwe (or astrometric_chi2_al and", error.Message, StringComparison.Ordinal);
        await test.ExecuteAsync(
            """update stars set ruwe = 1, phot_bp_rp_excess_factor = 1.2; update datasets set column_mapping = '{"color": "B-V"}'"""
        );
        error = await Assert.ThrowsAsync<LedgerException>(() =>
            new DatasetRepository(test.Ledger).SelectedAsync("sky", new StarFilter { Quality = "gaia_dr3" }, CancellationToken)
        );
        Assert.Contains("the colour of 'sky' is B-V", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("None of its other columns is BP-RP", error.Remedy, StringComparison.Ordinal);
        await test.ExecuteAsync("""update stars set extra = '{"bp_rp": 1.5}'""");
        error = await Assert.ThrowsAsync<LedgerException>(() =>
            new DatasetRepository(test.Ledger).SelectedAsync("sky", new StarFilter { Quality = "gaia_dr3" }, CancellationToken)
        );
        Assert.Equal("Load it with BP-RP as its colour.", error.Remedy);
        Assert.Throws<LedgerException>(() => new StarFilter { Quality = "hipparcos" }.Validate());
    }

    // Not Gaia's, and without a parallax: what is advised is what the table can give.
    [Theory]
    [InlineData("magnitude = 12, color = 1", "magnitude=..15", "ruwe, phot_bp_rp_excess_factor, parallax_mas, parallax_error_mas")]
    [InlineData("color = 1", null, "ruwe, phot_bp_rp_excess_factor, parallax_mas, parallax_error_mas, magnitude")]
    [InlineData("magnitude = 12, color = 1, parallax_mas = 5", "magnitude=..15", "ruwe, phot_bp_rp_excess_factor, parallax_error_mas")]
    public async Task A_table_that_nothing_marks_as_of_Gaia_is_advised_what_it_can_give(string values, string? cut, string lacking)
    {
        await using var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("plates", 50);
        await test.ExecuteAsync(
            "update stars set parallax_mas = null, parallax_error_mas = null, magnitude = null, color = null, ruwe = null; "
                + $$"""update stars set {{values}}; update datasets set column_mapping = '{"color": "B-V"}'"""
        );
        var error = await Assert.ThrowsAsync<LedgerException>(() =>
            new DatasetRepository(test.Ledger).SelectedAsync("plates", new StarFilter { Quality = "gaia" }, CancellationToken)
        );
        Assert.Equal("filter.quality", error.Field);
        Assert.Equal(
            $"nothing says that 'plates' is a table of Gaia's, whose quality cuts need {lacking}, which no star of it has; "
                + "its colour is B-V, not BP-RP",
            error.Message
        );
        Assert.Equal(
            cut is null
                ? "Load a table of Gaia's with these columns."
                : $"Load a table of Gaia's with these columns, or write cuts that this one can give as a filter, such as '{cut}'.",
            error.Remedy
        );
    }

    [Fact]
    public void The_filter_in_words_names_release_and_cuts()
    {
        Assert.Equal(GaiaQuality.Gaia, StarFilterText.Parse("quality=gaia magnitude=..15").Quality);
        Assert.Equal(
            "magnitude ≤ 15, Gaia DR3 quality (RUWE < 1.4; |C*| < 3 σ; parallax / error ≥ 5)",
            StarFilterText.Parse("quality=gaia_dr3 magnitude=..15").Describe()
        );
    }

    private static async Task SetAsync(TestLedger test, string set, long[] stars, double?[] values)
    {
        await using var command = test.Ledger.DataSource.CreateCommand(
            $"update stars s set {set} from unnest($1, $2) as v (star_id, x) where v.star_id = s.star_id"
        );
        command.Parameters.Add(new NpgsqlParameter { Value = stars });
        command.Parameters.Add(new NpgsqlParameter { Value = values });
        await command.ExecuteNonQueryAsync(CancellationToken);
    }
}
