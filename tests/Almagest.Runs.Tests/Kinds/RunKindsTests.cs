using System.Globalization;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Kinds;
using Almagest.Runs.Requests;
using Almagest.Runs.Tests.Execution;
using Almagest.Testing;
using Xunit;

namespace Almagest.Runs.Tests.Kinds;

/// <summary>The flagged stars of stored runs, grouped by why they are flagged.</summary>
public sealed class RunKindsTests
{
    [Fact]
    public async Task Bright_stars_and_near_stars_are_two_kinds_with_words_numbers_and_places()
    {
        await using var test = await WithSkyAsync();
        var numbers = await NumbersAsync(test);
        var run = await RunAsync(test);
        using var kinds = new RunKinds(test.Ledger);
        var found = await kinds.FindAsync(run);

        Assert.Equal((run, 40L, 40, 3), (found.RunId, found.Flagged, found.LookedAt, found.Seeds));
        Assert.Equal(found.LookedAt, found.Kinds.Sum(k => k.Stars) + found.InNoKind);
        Assert.Equal(found.Kinds.Select((_, i) => i), found.Kinds.Select(k => k.KindId));
        var bright = found.Kinds.MaxBy(k => Share(k, numbers, 100, 120))!;
        var near = found.Kinds.MaxBy(k => Share(k, numbers, 200, 215))!;
        Assert.NotEqual(bright.KindId, near.KindId);
        Assert.True(Share(bright, numbers, 100, 120) > 0.9);
        Assert.True(Share(near, numbers, 200, 215) > 0.9);
        Assert.Contains("brighter", bright.Name, StringComparison.Ordinal);
        Assert.Contains("nearer", near.Name, StringComparison.Ordinal);
        Assert.Equal(("magnitude", "low"), (bright.Features[0].Feature, bright.Features[0].Effect));
        Assert.InRange(bright.Features[0].Median, 4, 6);
        Assert.InRange(bright.Features[0].Percentile, 0, 5);
        Assert.InRange(bright.Place.Magnitude!.Value, 4, 6);
        Assert.InRange(bright.Stability!.Value, 0.5, 1);
        Assert.Equal(bright.Stars, bright.StarIds.Distinct().Count());
        Assert.Equal(bright.Typical.Select(s => s.StarId), bright.StarIds.Take(bright.Typical.Count));
        Assert.All(
            bright.Typical,
            s => Assert.True(s is { AnomalyScore: < 0, Likeness: > 0.7 } && s.SourceId.StartsWith("sky-", StringComparison.Ordinal))
        );
        Assert.Equal(bright.Extreme.Select(s => s.AnomalyScore).Order(), bright.Extreme.Select(s => s.AnomalyScore));
        Assert.Equal(Ids(found), Ids(await kinds.FindAsync(run, 0)));
    }

    [Fact]
    public async Task Kinds_of_two_runs_are_matched()
    {
        await using var test = await WithSkyAsync();
        var numbers = await NumbersAsync(test);
        using var kinds = new RunKinds(test.Ledger);
        var (one, other) = (await RunAsync(test), await RunAsync(test, seed: 9));
        var found = await kinds.FindAsync(one, 0, other);
        var others = await kinds.FindAsync(other, 0);
        var bright = found.Kinds.MaxBy(k => Share(k, numbers, 100, 120))!;
        Assert.Null(others.Kinds[0].Like);
        Assert.Equal(other, bright.Like!.RunId);
        Assert.Equal(others.Kinds.MaxBy(k => Share(k, numbers, 100, 120))!.KindId, bright.Like.KindId);
        Assert.InRange(bright.Like.Similarity, 0.8, 1);
        Assert.True(bright.Like.SharedStars > 10);
    }

    [Fact]
    public async Task Kinds_over_another_dataset_are_matched_by_their_reasons_alone()
    {
        await using var test = await WithSkyAsync(twice: true);
        var numbers = await NumbersAsync(test);
        using var kinds = new RunKinds(test.Ledger);
        var (one, other) = (await RunAsync(test), await RunAsync(test, dataset: "dr3"));
        var found = await kinds.FindAsync(one, 0, other);
        var others = await kinds.FindAsync(other, 0);
        var bright = found.Kinds.MaxBy(k => Share(k, numbers, 100, 120))!;
        Assert.Equal(others.Kinds.MaxBy(k => Share(k, numbers, 100, 120))!.KindId, bright.Like!.KindId);
        Assert.InRange(bright.Like.Similarity, 0.8, 1);
        // They have no star in common, which is no finding.
        Assert.Null(bright.Like.SharedStars);
    }

    [Fact]
    public async Task A_kind_is_labelled_as_a_whole_and_keeps_what_else_is_known()
    {
        await using var test = await WithSkyAsync();
        using var kinds = new RunKinds(test.Ledger);
        var run = await RunAsync(test);
        var kind = (await kinds.FindAsync(run, 0)).Kinds[0];
        await test.ExecuteAsync(
            $"insert into star_labels (star_id, label_set, remark, labelled_at) values ({kind.StarIds[0]}, 'eye', 'seen', now())"
        );
        var labelled = await kinds.LabelAsync(run, 0, "giant", "eye", "ann");
        Assert.Equal(new KindLabelResource(run, 0, "eye", "giant", kind.Stars), labelled);
        Assert.Equal(
            kind.Stars,
            await test.ScalarAsync<long>(
                "select count(*) from star_labels where label_set = 'eye' and kind = 'giant' and is_anomaly = 1 and labelled_by = 'ann'"
            )
        );
        Assert.Equal(1, await test.ScalarAsync<long>("select count(*) from star_labels where remark = 'seen' and kind = 'giant'"));
    }

    [Fact]
    public async Task More_of_a_kind_are_stars_that_are_not_flagged_and_are_like_it()
    {
        await using var test = await WithSkyAsync();
        var numbers = await NumbersAsync(test);
        using var kinds = new RunKinds(test.Ledger);
        // Ten are flagged of twenty bright stars.
        var run = await RunAsync(test, contamination: 0.01);
        var found = await kinds.FindAsync(run, 0);
        var bright = found.Kinds.MaxBy(k => Share(k, numbers, 100, 120))!;
        var more = await kinds.MoreAsync(run, bright.KindId, 5);
        Assert.Equal((run, bright.KindId, bright.Name), (more.RunId, more.KindId, more.Name));
        Assert.NotEmpty(more.Stars);
        Assert.All(more.Stars, s => Assert.True(s.AnomalyScore >= 0 && s.Likeness >= 0.7));
        Assert.Equal(more.Stars.Select(s => s.AnomalyScore).Order(), more.Stars.Select(s => s.AnomalyScore));
        Assert.Empty(more.Stars.Select(s => s.StarId).Intersect(found.Kinds.SelectMany(k => k.StarIds)));
    }

    [Fact]
    public async Task What_has_no_kinds_is_refused()
    {
        await using var test = await WithSkyAsync();
        using var kinds = new RunKinds(test.Ledger);
        var run = await RunAsync(test);
        var count = (await kinds.FindAsync(run, 0)).Kinds.Count;
        var missing = await Assert.ThrowsAsync<LedgerException>(() => kinds.LabelAsync(run, count, "x", "truth", null));
        Assert.Equal(ErrorCode.KindNotFound, missing.Code);
        var clusters = (
            await new DiscoveryService(test.Ledger).RunOnlyAsync(
                new RunRequest("sky", StarFilter.All, new DbscanParameters { Features = "sphere" })
            )
        )
            .RunId!
            .Value;
        Assert.Equal(ErrorCode.WrongRunType, (await Assert.ThrowsAsync<LedgerException>(() => kinds.FindAsync(clusters))).Code);
        Assert.Equal(ErrorCode.RunNotFound, (await Assert.ThrowsAsync<LedgerException>(() => kinds.FindAsync(Guid.NewGuid()))).Code);
    }

    [Fact]
    public async Task On_the_real_sky_white_dwarfs_fast_stars_and_giants_are_said_in_words()
    {
        var file = TestData.Find("gaia-100pc.csv");
        Assert.SkipWhen(file is null, TestData.Missing);
        await using var test = await TestLedger.CreateAsync();
        await new CatalogIngestor(test.Ledger).IngestAsync([file!], new IngestOptions { DatasetName = "gaia" });
        var run = (
            await new DiscoveryService(test.Ledger).RunOnlyAsync(
                new RunRequest("gaia", StarFilter.All, new IsolationForestParameters { Features = "population" })
            )
        )
            .RunId!
            .Value;
        using var kinds = new RunKinds(test.Ledger);
        var found = await kinds.FindAsync(run, 0);
        foreach (var kind in found.Kinds)
            TestContext.Current.TestOutputHelper!.WriteLine($"{kind.Name}: {kind.Sentence}");
        Assert.Contains(
            found.Kinds,
            k => k.Name.Contains("fainter", StringComparison.Ordinal) && k.Name.Contains("bluer", StringComparison.Ordinal)
        );
        Assert.Contains(found.Kinds, k => k.Name.Contains("far faster", StringComparison.Ordinal) && k.Stars < 60);
        Assert.Contains(found.Kinds, k => k.Name.Contains("brighter", StringComparison.Ordinal));
    }

    private static List<long[]> Ids(KindsResource found) => [.. found.Kinds.Select(k => k.StarIds.ToArray())];

    /// <summary>Of a kind's stars those with numbers of a range.</summary>
    private static double Share(KindResource kind, Dictionary<long, int> numbers, int from, int to) =>
        kind.StarIds.Count(id => numbers[id] >= from && numbers[id] < to) / (double)kind.Stars;

    private static async Task<Dictionary<long, int>> NumbersAsync(TestLedger test)
    {
        var ids = await test.ScalarAsync<long[]>("select array_agg(star_id order by star_id) from stars");
        var names = await test.ScalarAsync<string[]>("select array_agg(source_id order by star_id) from stars");
        return ids.Zip(names).ToDictionary(p => p.First, p => int.Parse(p.Second[4..], CultureInfo.InvariantCulture));
    }

    private static async Task<Guid> RunAsync(TestLedger test, long seed = 42, double contamination = 0.04, string dataset = "sky") => (
            await new DiscoveryService(test.Ledger).RunOnlyAsync(
                new RunRequest(
                    dataset,
                    StarFilter.All,
                    new IsolationForestParameters
                    {
                        Features = "classic",
                        RandomState = seed,
                        Contamination = contamination,
                        NEstimators = 300,
                    }
                )
            )
        ).RunId!.Value;

    /// <summary>1,000 stars in one place, of which twenty are bright and fifteen are near.</summary>
    private static async Task<TestLedger> WithSkyAsync(bool twice = false)
    {
        var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("sky", 1000);
        if (twice)
            await test.AddDatasetAsync("dr3", 1000);
        await test.ExecuteAsync(
            """
            update stars set ra_deg = 100 + star_id % 97 * 0.01, dec_deg = 10 + star_id % 89 * 0.01,
                magnitude = 14 + star_id % 17 * 0.1, parallax_mas = 5 + star_id % 11 * 0.1, color = 1 + star_id % 5 * 0.1
            """
        );
        await test.ExecuteAsync(
            "update stars set magnitude = 4 + star_id % 3 * 0.5 where split_part(source_id, '-', 2)::int between 100 and 119"
        );
        await test.ExecuteAsync(
            "update stars set parallax_mas = 40 + star_id % 7 where split_part(source_id, '-', 2)::int between 200 and 214"
        );
        return test;
    }
}
