using Almagest.Catalog.Mapping;
using Almagest.Contract.Errors;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Selections;
using Almagest.Sky;
using Xunit;

namespace Almagest.Ledger.Tests.Selections;

public sealed class StarFilterTests
{
    [Fact]
    public async Task A_cone_and_boxes_select_what_a_plain_test_of_each_star_selects_also_across_RA_0_and_at_the_poles()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("sky", 5000);
        await using var context = test.Ledger.CreateContext();
        var stars = context.Stars.Where(s => s.DatasetId == dataset).OrderBy(s => s.StarId).ToList();
        var loader = new SelectionLoader(test.Ledger);
        (string Text, Func<double, double, bool> Plain)[] cases =
        [
            ("cone=0.5,10,12", (ra, dec) => SkyCoordinates.SeparationDeg(0.5, 10, ra, dec) <= 12),
            ("cone=123,89,5", (ra, dec) => SkyCoordinates.SeparationDeg(123, 89, ra, dec) <= 5),
            ("cone=200,-45,3", (ra, dec) => SkyCoordinates.SeparationDeg(200, -45, ra, dec) <= 3),
            ("cone=10,-90,180", (_, _) => true),
            ("ra_deg=350..10", (ra, _) => ra >= 350 || ra <= 10),
            ("ra_deg=100..200 dec_deg=-5..5", (ra, dec) => ra is >= 100 and <= 200 && dec is >= -5 and <= 5),
            ("dec_deg=80..", (_, dec) => dec >= 80),
        ];
        foreach (var (text, plain) in cases)
        {
            var filter = StarFilterText.Parse(text);
            var expected = stars.Where(s => plain(s.RaDeg, s.DecDeg)).Select(s => s.StarId).ToList();
            Assert.NotEmpty(expected);
            Assert.Equal(expected, (await loader.LoadAsync(dataset, filter)).StarId);
            Assert.Equal(expected.Count, await loader.CountAsync(dataset, filter));
        }
    }

    [Theory]
    [InlineData("cone=0,0,1e-300")]
    [InlineData("cone=1e-200,-1e-200,1e-200")]
    public async Task A_cone_that_is_next_to_nothing_holds_the_star_that_is_there(string text)
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, ids) = await test.AddDatasetAsync("a", 10);
        await test.ExecuteAsync($"update stars set ra_deg = 0, dec_deg = 0 where star_id = {ids[4]}");
        var cell = Healpix.AngToPix(29, 0, 0);
        await test.ExecuteAsync($"update stars set healpix_29 = {cell} where star_id = {ids[4]}");
        Assert.Equal([ids[4]], (await new SelectionLoader(test.Ledger).LoadAsync(dataset, StarFilterText.Parse(text))).StarId);
    }

    [Fact]
    public async Task Ranges_leave_out_stars_without_the_value()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, ids) = await test.AddDatasetAsync("a", 10);
        await test.ExecuteAsync(
            $"""
            update stars set magnitude = star_id - {ids[0]}, parallax_mas = 10, parallax_error_mas = star_id - {ids[0]},
                             pmra_mas_yr = 3 * (star_id - {ids[0]}), pmdec_mas_yr = -4 * (star_id - {ids[0]}), color = 1, ruwe = 1.5
            where star_id < {ids[8]}
            """
        );
        async Task<int[]> SelectAsync(string filter) =>
            [
                .. (await new SelectionLoader(test.Ledger).LoadAsync(dataset, StarFilterText.Parse(filter))).StarId.Select(s =>
                    Array.IndexOf(ids, s)
                ),
            ];
        Assert.Equal(new[] { 0, 1, 2, 3 }, await SelectAsync("magnitude=..3"));
        // An error of 0 makes no ratio.
        Assert.Equal(new[] { 1, 2 }, await SelectAsync("parallax_over_error=5.."));
        Assert.Equal(new[] { 2, 3, 4 }, await SelectAsync("proper_motion_mas_yr=10..20"));
        Assert.Equal(new[] { 5, 6, 7 }, await SelectAsync("magnitude=5.. color=1..1 ruwe=..2 parallax_mas=10.."));
        Assert.Equal(10, (await SelectAsync("")).Length);
    }

    [Fact]
    public async Task Any_numeric_column_of_the_source_table_is_a_range_and_text_in_it_is_no_number()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, ids) = await test.AddDatasetAsync("a", 10);
        await test.ExecuteAsync(
            $$"""
            update stars set pmra_mas_yr = star_id - {{ids[0]}}, extra = case star_id
                when {{ids[3]}} then '{"n obs": "many"}' when {{ids[4]}} then null
                else ('{"n obs": ' || (star_id - {{ids[0]}})::text || '}')::jsonb end
            """
        );
        async Task<int[]> SelectAsync(StarFilter filter) =>
            [.. (await new SelectionLoader(test.Ledger).LoadAsync(dataset, filter)).StarId.Select(s => Array.IndexOf(ids, s))];
        var filter = StarFilter.FromJson("""{"extra": {"n obs": {"min": 2, "max": 6}}, "pmra_mas_yr": {"max": 5}}""");
        Assert.Equal<int[]>([2, 5], await SelectAsync(filter));
        Assert.Equal<int[]>([5, 6, 7, 8, 9], await SelectAsync(StarFilter.FromJson("""{"extra": {"n obs": {"min": 5}}}""")));
        Assert.Equal("pmRA (mas/yr) ≤ 5, n obs 2 to 6", filter.Describe());
        Assert.Equal(filter, StarFilter.FromJson(filter.ToJson()));
        Assert.Equal("x 1 to 2", StarFilterText.Parse("extra.x=1..2").Describe());
        Assert.Throws<LedgerException>(() => StarFilterText.Parse("extra.x=3..2"));
        Assert.Throws<LedgerException>(() => StarFilter.FromJson("""{"extra": {"x": null}}"""));
    }

    [Fact]
    public async Task Stars_that_are_named_are_left_out()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, ids) = await test.AddDatasetAsync("a", 10);
        var names = await test.ScalarAsync<string[]>("select array_agg(source_id order by star_id) from stars");
        var filter = StarFilterText.Parse($"without={names[3]},{names[7]},no-such-star");
        Assert.Equal(ids.Where((_, i) => i is not 3 and not 7), (await new SelectionLoader(test.Ledger).LoadAsync(dataset, filter)).StarId);
        Assert.Equal(filter, StarFilter.FromJson(filter.ToJson()));
        Assert.Equal(filter, StarFilterText.Parse($"without=no-such-star,{names[7]},{names[3]},{names[3]}"));
        Assert.Equal("without 3 named stars", filter.Describe());
        Assert.Contains(
            "at most 10000",
            Assert
                .Throws<LedgerException>(() =>
                    new StarFilter { Without = new SourceIds(Enumerable.Range(0, 10_001).Select(i => $"{i}")) }.Validate()
                )
                .Message,
            StringComparison.Ordinal
        );
        Assert.Throws<LedgerException>(() => StarFilter.FromJson("""{"without": [null]}"""));
    }

    [Fact]
    public async Task Only_stars_that_are_named_are_taken_of_those_that_fulfil_the_rest()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, ids) = await test.AddDatasetAsync("a", 10);
        var names = await test.ScalarAsync<string[]>("select array_agg(source_id order by star_id) from stars");
        var filter = StarFilterText.Parse($"only={names[7]},{names[3]},no-such-star");
        Assert.Equal([ids[3], ids[7]], (await new SelectionLoader(test.Ledger).LoadAsync(dataset, filter)).StarId);
        Assert.Equal(filter, StarFilter.FromJson(filter.ToJson()));
        Assert.Equal("3 named stars", filter.Describe());
        var both = filter with { Without = new SourceIds([names[7]]) };
        Assert.Equal([ids[3]], (await new SelectionLoader(test.Ledger).LoadAsync(dataset, both)).StarId);
        Assert.Equal(0, await new SelectionLoader(test.Ledger).CountAsync(dataset, new StarFilter { Only = [] }));
        Assert.Throws<LedgerException>(() =>
            new StarFilter { Only = new SourceIds(Enumerable.Range(0, 10_001).Select(i => $"{i}")) }.Validate()
        );
        Assert.Equal([names[3], names[7]], await new StarNames(test.Ledger).ReadAsync([ids[7], ids[3]]));
        // A run names those that are not there.
        var unknown = await Assert.ThrowsAsync<LedgerException>(() => new DatasetRepository(test.Ledger).SelectedAsync("a", filter));
        Assert.Equal(("filter.only", "only names 3 stars, and 'a' lacks no-such-star"), (unknown.Field, unknown.Message));
        await new DatasetRepository(test.Ledger).SelectedAsync("a", StarFilterText.Parse($"only={names[7]},{names[3]}"));
    }

    [Theory]
    [InlineData("only=", "only=ID,ID")]
    [InlineData("only=1 only=2", "only=ID,ID")]
    [InlineData("cone=1,2,3 cone=1,2,4", "one cone")]
    [InlineData("g_mag=..12", "magnitude=MIN..MAX")]
    [InlineData("bp_rp=..1", "color=MIN..MAX")]
    [InlineData("phot_g_mean_mag=..12", "extra.phot_g_mean_mag")]
    public void A_term_that_cannot_be_meant_has_a_hint_that_fits(string text, string hint) =>
        Assert.Contains(hint, Assert.Throws<LedgerException>(() => StarFilterText.Parse(text)).Remedy!, StringComparison.Ordinal);

    [Fact]
    public void Short_names_mean_their_fields()
    {
        Assert.Equal(StarFilterText.Parse("parallax_mas=5.. parallax_over_error=10.."), StarFilterText.Parse("plx=5.. snr_plx=10.."));
        Assert.Throws<LedgerException>(() => StarFilter.FromJson("""{"only": []}"""));
    }

    [Fact]
    public async Task Every_further_field_is_a_range()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, ids) = await test.AddDatasetAsync("a", 10);
        foreach (var (field, k) in FurtherField.All.Select((f, i) => (f.Name, i % 10)))
        {
            await test.ExecuteAsync($"update stars set {field} = case when star_id = {ids[k]} then 0.5 end");
            var filter = StarFilterText.Parse($"{field}=0.4..0.6");
            Assert.Equal([ids[k]], (await new SelectionLoader(test.Ledger).LoadAsync(dataset, filter)).StarId);
            Assert.Equal(filter, StarFilter.FromJson(filter.ToJson()));
            Assert.Equal($$$"""{"{{{field}}}":{"min":0.4,"max":0.6}}""", filter.ToJson());
            Assert.Equal($"{FurtherField.All.Single(f => f.Name == field).Label} 0.4 to 0.6", filter.Describe());
        }
    }

    [Fact]
    public async Task A_stored_filter_on_a_column_that_is_a_field_now_means_it_in_old_files_and_in_new_ones()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, ids) = await test.AddDatasetAsync("a", 10);
        await test.ExecuteAsync(
            $$"""
            update stars set extra = '{"phot_bp_rp_excess_factor": 1.25, "ra_error": 0}' where star_id = {{ids[2]}};
            update stars set phot_bp_rp_excess_factor = 1.25 where star_id = {{ids[4]}}
            """
        );
        async Task<int[]> SelectAsync(string text) =>
            [
                .. (await new SelectionLoader(test.Ledger).LoadAsync(dataset, StarFilterText.Parse(text))).StarId.Select(s =>
                    Array.IndexOf(ids, s)
                ),
            ];
        Assert.Equal<int[]>([2, 4], await SelectAsync("extra.phot_bp_rp_excess_factor=1.2..1.3"));
        Assert.Equal<int[]>([2], await SelectAsync("extra.ra_error=..0.1"));
        Assert.Equal<int[]>([4], await SelectAsync("phot_bp_rp_excess_factor=1.2..1.3"));
        Assert.Equal(
            """{"extra":{"phot_bp_rp_excess_factor":{"min":1}}}""",
            StarFilterText.Parse("extra.phot_bp_rp_excess_factor=1..").ToJson()
        );
    }

    [Fact]
    public void Fields_with_their_unit_in_their_name_are_filtered_without_it_too()
    {
        Assert.Equal(StarFilterText.Parse("parallax_error_mas=..0.5"), StarFilterText.Parse("parallax_error=..0.5"));
        Assert.Equal(StarFilterText.Parse("radial_velocity_km_s=9.."), StarFilter.FromJson("""{"radial_velocity": {"min": 9}}"""));
        Assert.Throws<LedgerException>(() => StarFilter.FromJson("""{"parallax_error": {"min": 9}, "parallax_error_mas": {"min": 8}}"""));
    }

    [Fact]
    public async Task A_sample_is_the_same_for_the_same_seed_nested_in_larger_ones_and_taken_of_what_the_other_conditions_leave()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, _) = await test.AddDatasetAsync("sky", 400);
        await test.AddDatasetAsync("other", 400);
        var loader = new SelectionLoader(test.Ledger);
        async Task<long[]> SelectAsync(string text) => (await loader.LoadAsync(dataset, StarFilterText.Parse(text))).StarId;
        var north = (await SelectAsync("dec_deg=0..")).ToHashSet();
        var (small, large, other) = (
            await SelectAsync("dec_deg=0.. sample=20,7"),
            await SelectAsync("dec_deg=0.. sample=60,7"),
            await SelectAsync("dec_deg=0.. sample=20,8")
        );
        Assert.Equal((20, 60, 20), (small.Length, large.Length, other.Length));
        Assert.Subset(north, large.ToHashSet());
        Assert.Subset(large.ToHashSet(), small.ToHashSet());
        Assert.NotEqual(small, other);
        Assert.Equal(small, await SelectAsync("sample=20,7 dec_deg=0.."));
        Assert.Equal("20 of Dec (deg) ≥ 0, chosen at random by seed 7", StarFilterText.Parse("dec_deg=0.. sample=20,7").Describe());
        Assert.Equal(42, StarFilter.FromJson("""{"sample": {"n": 5}}""").Sample!.Seed);
        var service = new Almagest.Runs.Execution.DiscoveryService(test.Ledger);
        var refused = await Assert.ThrowsAsync<LedgerException>(() =>
            service.SubmitAsync(new("sky", StarFilterText.Parse("sample=401"), new IsolationForestParameters { Features = "sphere" }))
        );
        Assert.Equal("filter.sample.n", refused.Field);
        Assert.Empty(await test.StringsAsync("select * from discovery_runs"));
    }

    [Fact]
    public void Equal_selections_of_equal_files_have_equal_hashes()
    {
        var (one, same, other) = (
            StarFilterText.Parse("magnitude=..15 extra.b=1.. extra.a=..2"),
            StarFilter.FromJson("""{"extra":{"a":{"max":2.0},"b":{"min":1}},"magnitude":{"max":15.00}}"""),
            StarFilterText.Parse("magnitude=..14")
        );
        Assert.Equal(SelectionHash.Of(["abc"], one), SelectionHash.Of(["abc"], same));
        Assert.Equal(
            3,
            new[] { SelectionHash.Of(["abc"], one), SelectionHash.Of(["abd"], one), SelectionHash.Of(["abc"], other) }.Distinct().Count()
        );
    }

    [Theory]
    [InlineData("sample=0", "sample.n is 0")]
    [InlineData("sample=1.5", "cannot be read")]
    [InlineData("extra.=1..2", "cannot be read")]
    [InlineData("cone=1,2", "cannot be read")]
    [InlineData("cone=400,0,1", "ra_deg is 400")]
    [InlineData("cone=0,0,0", "radius_deg is 0")]
    [InlineData("magnitude=5", "cannot be read")]
    [InlineData("magnitude=9..5", "is empty")]
    [InlineData("parallax=5.. parallax_mas=..10", "is the second on parallax_mas")]
    [InlineData("magnitude=5.. magnitude=..9", "is the second on magnitude")]
    [InlineData("extra.a=5.. extra.a=..9", "is the second on extra.a")]
    [InlineData("cone=1,2,3 cone=4,5,6", "is the second on cone")]
    [InlineData("{\"parallax\": {\"min\": 3}, \"parallax_mas\": {\"max\": 9}}", "which are one condition")]
    [InlineData("{\"magnitude\": {\"min\": 3}, \"magnitude\": {\"max\": 9}}", "cannot be read")]
    [InlineData("magnitude=a..5", "cannot be read")]
    [InlineData("brightness=..5", "brightness")]
    [InlineData("magnitude=NaN..", "cannot be read")]
    [InlineData("{\"magnitud\": {\"max\": 3}}", "magnitud")]
    [InlineData("{\"magnitude\": 3}", "magnitude")]
    public void A_malformed_filter_is_refused_by_name(string text, string expected)
    {
        var error = Assert.Throws<LedgerException>(() => StarFilterText.Parse(text));
        Assert.Equal(LedgerErrorKind.Invalid, error.Kind);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_box_in_parallax_motion_magnitude_and_colour_may_have_the_names_of_archives()
    {
        var filter = StarFilterText.Parse(
            "parallax=5..10 pmra=-25..-15 pmdec=-50..-40 pm=..100 mag=..18 colour=0.5..1 ra=350..10 dec=-5.."
        );
        Assert.Equal(
            StarFilterText.Parse(
                "parallax_mas=5..10 pmra_mas_yr=-25..-15 pmdec_mas_yr=-50..-40 proper_motion_mas_yr=..100 magnitude=..18 color=0.5..1 "
                    + "ra_deg=350..10 dec_deg=-5.."
            ),
            filter
        );
        Assert.Equal(
            filter with
            {
                PmraMasYr = null,
                PmdecMasYr = null,
                ProperMotionMasYr = null,
                Magnitude = null,
                Color = null,
                RaDeg = null,
                DecDeg = null,
            },
            StarFilter.FromJson("{\"parallax\": {\"min\": 5, \"max\": 10}}")
        );
        // It is stored by the fields' own names.
        Assert.Contains("\"parallax_mas\":{\"min\":5,\"max\":10}", filter.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_survives_its_JSON_form_and_can_be_said_in_words()
    {
        var filter = StarFilterText.Parse("cone=56.75,24.1,2 magnitude=..15 parallax_over_error=5..");
        Assert.Equal(filter, StarFilter.FromJson(filter.ToJson()));
        Assert.Equal("within 2° of (56.75, 24.1), magnitude ≤ 15, parallax / error ≥ 5", filter.Describe());
        Assert.Equal("{}", StarFilter.All.ToJson());
    }
}
