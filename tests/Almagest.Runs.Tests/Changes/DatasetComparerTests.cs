using Almagest.Contract.Comparison;
using Almagest.Contract.Errors;
using Almagest.Runs.Changes;
using Almagest.Runs.CrossMatching;
using Xunit;

namespace Almagest.Runs.Tests.Changes;

/// <summary>Two tables of the same stars, and which stars are the same.</summary>
public sealed class DatasetComparerTests
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Errors_that_are_right_have_a_scatter_of_one_and_tails_as_expected_and_the_zero_point_is_found()
    {
        var pair = new ReleasePair(4000, 1, (Fate.MovedAway, 12), (Fate.Added, 7), (Fate.Removed, 5), (Fate.ColourLost, 3));
        await using var test = await LoadAsync(pair);
        var compared = await CompareAsync(test, new DatasetComparisonRequest("one", "two"));
        var found = compared.Resource;
        Assert.Equal((4020, 4022, 4015L), (found.Stars1, found.Stars2, found.Pairing.Pairs));
        Assert.Equal((5L, 7L), (found.Only1.Count, found.Only2.Count));
        Assert.Equal((2015.5, 2016.0, true), (found.Epoch1, found.Epoch2, found.PositionsCarried));
        foreach (var name in new[] { "ra", "dec", "parallax_mas", "pmra_mas_yr", "pmdec_mas_yr" })
        {
            var q = Of(found, name);
            Assert.Equal(4015, q.WithErrors);
            Assert.InRange(q.SigmaScatter!.Value, 0.95, 1.05);
            Assert.InRange(q.Expected3!.Value, 10.83, 10.85);
            var moved = name == "pmra_mas_yr" ? 12 : 0;
            Assert.InRange(q.Beyond3!.Value, moved, moved + 25);
            Assert.Equal(moved, q.Beyond5);
            Assert.Equal(name == "parallax_mas", q.IsSystematic);
        }
        var parallax = Of(found, "parallax_mas");
        Assert.InRange((parallax.Shift!.Value - ReleasePair.ParallaxShift) / parallax.ShiftError!.Value, -3, 3);
        Assert.Equal((ReleasePair.Error1, ReleasePair.Error2), (parallax.Error1!.Value, parallax.Error2!.Value));
        Assert.Equal((3L, 0L, null), (Of(found, "color").Lost, Of(found, "color").Gained, Of(found, "color").SigmaScatter));
        Assert.DoesNotContain(found.Quantities, q => q.Quantity == "ruwe");
    }

    [Fact]
    public async Task Positions_that_are_not_carried_look_moved_and_that_is_said()
    {
        var pair = new ReleasePair(500, 2);
        await using var test = await TestLedger.CreateAsync();
        await ReleasePair.LoadAsync(test, "one", pair.First, null);
        await ReleasePair.LoadAsync(test, "two", pair.Second, ReleasePair.Epoch2);
        var asTheyStand = (await CompareAsync(test, new DatasetComparisonRequest("one", "two"))).Resource;
        Assert.False(asTheyStand.PositionsCarried);
        // 60 mas/yr for half a year.
        Assert.InRange(Of(asTheyStand, "ra").Shift!.Value, 29, 31);
        Assert.Contains(asTheyStand.Notes, n => n.StartsWith("The epoch of 'one' is not known", StringComparison.Ordinal));
        var told = (await CompareAsync(test, new DatasetComparisonRequest("one", "two", Epoch1: ReleasePair.Epoch1))).Resource;
        Assert.InRange(Of(told, "ra").Shift!.Value, -0.1, 0.1);
        Assert.Contains(told.Notes, n => n.StartsWith("Positions of 2015.5 were carried to 2016.0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stars_where_the_other_table_has_none_are_told_from_those_that_are_new()
    {
        var pair = new ReleasePair(2000, 3, (Fate.Added, 6));
        await using var test = await TestLedger.CreateAsync();
        await ReleasePair.LoadAsync(test, "one", [.. pair.First.Where(s => s.Dec < 12)], ReleasePair.Epoch1);
        await ReleasePair.LoadAsync(test, "two", pair.Second, ReleasePair.Epoch2);
        var found = (await CompareAsync(test, new DatasetComparisonRequest("one", "two"))).Resource;
        var north = pair.Second.Count(s => s.Dec >= 12);
        Assert.Equal(north + pair.Second.Count(s => s.Dec < 12 && pair.Fates[s.SourceId] == Fate.Added), found.Only2.Count);
        // Cells across the border are covered.
        Assert.InRange(found.Only2.OutsideCoverage, 0.75 * north, north);
        Assert.Equal(0, found.Only1.Count);
    }

    [Fact]
    public async Task The_tables_to_write_have_a_row_for_each_quantity_and_each_star()
    {
        var pair = new ReleasePair(300, 4, (Fate.Added, 2), (Fate.Removed, 3));
        await using var test = await LoadAsync(pair);
        var compared = await CompareAsync(test, new DatasetComparisonRequest("one", "two"));
        var quantities = await RowsAsync(ComparedTables.Quantities(compared));
        Assert.Equal(compared.Resource.Quantities.Select(q => q.Quantity), quantities.Rows.Select(r => (string)r[0]!));
        Assert.All(quantities.Rows, r => Assert.Equal(quantities.Columns, r.Length));
        var stars = await RowsAsync(await new ComparedTables(test.Ledger).StarsAsync(compared, CancellationToken));
        Assert.Equal(
            [("both", 300), ("table_1", 3), ("table_2", 2)],
            stars.Rows.GroupBy(r => (string)r[0]!).Select(g => (g.Key, g.Count()))
        );
        Assert.All(stars.Rows, r => Assert.Equal(stars.Columns, r.Length));
        Assert.Equal("s0", (string?)stars.Rows[0][2]);
        Assert.Equal((double)stars.Rows[0][15]! / Math.Sqrt(0.05), (double)stars.Rows[0][16]!, 1e-9);
    }

    [Fact]
    public async Task Gaia_ids_of_two_releases_are_not_taken_for_one_kind_unless_that_is_said()
    {
        await using var test = await TestLedger.CreateAsync();
        var pair = new ReleasePair(200, 5);
        await ReleasePair.LoadAsync(test, "field-gaiadr2", pair.First, null);
        await ReleasePair.LoadAsync(test, "field-gaia_edr3", pair.Second, null);
        await ReleasePair.LoadAsync(test, "gaia-DR3-again", pair.Second, null);
        var refused = await Assert.ThrowsAsync<LedgerException>(() =>
            CompareAsync(test, new DatasetComparisonRequest("field-gaiadr2", "field-gaia_edr3"))
        );
        Assert.Equal(ErrorCode.StarsNotMatched, refused.Code);
        Assert.Contains("is of DR2 and 'field-gaia_edr3' of DR3", refused.Message, StringComparison.Ordinal);
        var asked = await CompareAsync(
            test,
            new DatasetComparisonRequest("field-gaiadr2", "field-gaia_edr3", new PairingChoice(BySourceId: true))
        );
        Assert.Contains("ids of two releases are different names", Assert.Single(asked.Pairing.Notes), StringComparison.Ordinal);
        // The early release has the ids of the release.
        Assert.Equal(
            200,
            (await CompareAsync(test, new DatasetComparisonRequest("field-gaia_edr3", "gaia-DR3-again"))).Resource.Pairing.Pairs
        );
    }

    [Fact]
    public async Task Gaia_ids_without_a_word_of_their_release_are_not_taken_either()
    {
        await using var test = await TestLedger.CreateAsync();
        var pair = new ReleasePair(100, 6);
        ReleasedStar Named(ReleasedStar s) =>
            s with
            {
                SourceId = ((Sky.Healpix.AngToPix(12, s.Ra, s.Dec) << 35) + int.Parse(s.SourceId[1..])).ToString(),
            };
        var stars = pair.First.ConvertAll(Named);
        await ReleasePair.LoadAsync(test, "one", stars, null);
        await ReleasePair.LoadAsync(test, "two", stars, null);
        await ReleasePair.LoadAsync(test, "three", stars, 2016);
        await ReleasePair.LoadAsync(test, "four", stars, 2016);
        var refused = await Assert.ThrowsAsync<LedgerException>(() => CompareAsync(test, new DatasetComparisonRequest("one", "two")));
        Assert.Contains("are Gaia's, and nothing says that they are of one release", refused.Message, StringComparison.Ordinal);
        Assert.Equal(100, (await CompareAsync(test, new DatasetComparisonRequest("three", "four"))).Resource.Pairing.Pairs);
    }

    [Fact]
    public async Task Running_numbers_of_two_files_are_not_one_kind_of_id()
    {
        await using var test = await TestLedger.CreateAsync();
        var pair = new ReleasePair(200, 7);
        await ReleasePair.LoadAsync(test, "one", pair.First, null);
        await ReleasePair.LoadAsync(
            test,
            "two",
            [.. pair.First.Select((s, i) => s with { SourceId = pair.First[(i + 1) % 200].SourceId })],
            null
        );
        var refused = await Assert.ThrowsAsync<LedgerException>(() => CompareAsync(test, new DatasetComparisonRequest("one", "two")));
        Assert.Contains("they are not of one kind", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_links_of_a_cross_match_are_followed_and_those_that_share_a_star_are_not()
    {
        await using var test = await TestLedger.CreateAsync();
        var pair = new ReleasePair(200, 8);
        await ReleasePair.LoadAsync(test, "one", pair.First, ReleasePair.Epoch1);
        // Star 5 is two stars in the second table.
        var twin = pair.Second[5] with
        {
            SourceId = "twin",
            Dec = pair.Second[5].Dec + 0.2 / 3600,
        };
        await ReleasePair.LoadAsync(test, "gaiadr3", [.. pair.Second, twin], ReleasePair.Epoch2);
        var match = await new CrossMatcher(test.Ledger).MatchAsync(
            new CrossMatchRequest
            {
                Dataset1 = "gaiadr3",
                Dataset2 = "one",
                RadiusArcsec = 1,
                Find = Discovery.Matching.MatchFind.All,
                Epoch1 = ReleasePair.Epoch2,
                Epoch2 = ReleasePair.Epoch1,
            },
            cancellationToken: CancellationToken
        );
        var found = (await CompareAsync(test, new DatasetComparisonRequest("one", "gaiadr3"))).Resource;
        Assert.Equal(("links", match.Match.MatchId, 199L), (found.Pairing.By, found.Pairing.MatchId, found.Pairing.Pairs));
        Assert.Equal((1L, 2L, 0L, 0L), (found.Pairing.Ambiguous1, found.Pairing.Ambiguous2, found.Only1.Count, found.Only2.Count));
    }

    private static QuantityChange Of(DatasetComparisonResource found, string name) => found.Quantities.Single(q => q.Quantity == name);

    private static async Task<(List<object?[]> Rows, int Columns)> RowsAsync(Catalog.Writing.ExportTable table)
    {
        var rows = new List<object?[]>();
        await foreach (var batch in table.Batches)
            rows.AddRange(batch);
        return (rows, table.Columns.Count);
    }

    private static async Task<TestLedger> LoadAsync(ReleasePair pair)
    {
        var test = await TestLedger.CreateAsync();
        await ReleasePair.LoadAsync(test, "one", pair.First, ReleasePair.Epoch1);
        await ReleasePair.LoadAsync(test, "two", pair.Second, ReleasePair.Epoch2);
        return test;
    }

    private static async Task<DatasetComparison> CompareAsync(TestLedger test, DatasetComparisonRequest request)
    {
        // Without its place it can still be looked at.
        using var compared = await new DatasetComparer(test.Ledger).CompareAsync(request, cancellationToken: CancellationToken);
        return compared;
    }
}
