using Almagest.Discovery.Sky;
using Almagest.Ledger.Selections;
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

    [Fact]
    public async Task Ranges_leave_out_stars_without_the_value()
    {
        await using var test = await TestLedger.CreateAsync();
        var (dataset, ids) = await test.AddDatasetAsync("a", 10);
        await test.ExecuteAsync($"""
            update stars set magnitude = star_id - {ids[0]}, parallax_mas = 10, parallax_error_mas = star_id - {ids[0]},
                             pmra_mas_yr = 3 * (star_id - {ids[0]}), pmdec_mas_yr = -4 * (star_id - {ids[0]}), color = 1, ruwe = 1.5
            where star_id < {ids[8]}
            """);
        async Task<int[]> SelectAsync(string filter) =>
            [.. (await new SelectionLoader(test.Ledger).LoadAsync(dataset, StarFilterText.Parse(filter))).StarId.Select(s => Array.IndexOf(ids, s))];
        Assert.Equal(new[] { 0, 1, 2, 3 }, await SelectAsync("magnitude=..3"));
        // An error of 0 makes no ratio.
        Assert.Equal(new[] { 1, 2 }, await SelectAsync("parallax_over_error=5.."));
        Assert.Equal(new[] { 2, 3, 4 }, await SelectAsync("proper_motion_mas_yr=10..20"));
        Assert.Equal(new[] { 5, 6, 7 }, await SelectAsync("magnitude=5.. color=1..1 ruwe=..2 parallax_mas=10.."));
        Assert.Equal(10, (await SelectAsync("")).Length);
    }

    [Theory]
    [InlineData("cone=1,2", "cannot be read")]
    [InlineData("cone=400,0,1", "ra_deg is 400")]
    [InlineData("cone=0,0,0", "radius_deg is 0")]
    [InlineData("magnitude=5", "cannot be read")]
    [InlineData("magnitude=9..5", "is empty")]
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
    public void A_filter_survives_its_JSON_form_and_can_be_said_in_words()
    {
        var filter = StarFilterText.Parse("cone=56.75,24.1,2 magnitude=..15 parallax_over_error=5..");
        Assert.Equal(filter, StarFilter.FromJson(filter.ToJson()));
        Assert.Equal("within 2° of (56.75, 24.1), magnitude ≤ 15, parallax / error ≥ 5", filter.Describe());
        Assert.Equal("{}", StarFilter.All.ToJson());
    }
}
