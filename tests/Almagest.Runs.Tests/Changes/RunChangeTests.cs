using System.Globalization;
using Almagest.Contract.Errors;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Changes;
using Almagest.Runs.Execution;
using Almagest.Runs.Export;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;
using Almagest.Runs.Tests.Execution;
using Xunit;

namespace Almagest.Runs.Tests.Changes;

/// <summary>New and gone flags between two releases whose truth is known, and their causes.</summary>
public sealed class RunChangeTests
{
    private static readonly (Fate, int)[] s_planted =
    [
        (Fate.Unusual, 20),
        (Fate.MovedAway, 15),
        (Fate.MovedBack, 15),
        (Fate.ErrorShrank, 15),
        (Fate.Added, 15),
        (Fate.Removed, 15),
        (Fate.ColourLost, 15),
    ];

    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("mcd", 3)]
    [InlineData("isolation_forest", 4)]
    public async Task Planted_changes_have_their_causes(string algorithm, int seed)
    {
        var pair = new ReleasePair(2500, seed, s_planted);
        await using var test = await TestLedger.CreateAsync();
        await LoadAsync(test, pair);

        var changes = await ChangesAsync(test, await RunAsync(test, "one", algorithm, 0.04), await RunAsync(test, "two", algorithm, 0.04));

        var resource = changes.Resource;
        Assert.True(resource.CausesTold, resource.WhyNotTold);
        Assert.Equal(("source_id", 2580L), (resource.Pairing.By, resource.Pairing.Pairs));
        Assert.Equal(resource.Flagged2, resource.Kept + resource.New);
        Assert.Equal(resource.Flagged1, resource.Kept + resource.Gone);
        var (right, wrong) = Judge(pair, changes);
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{algorithm}: {right} causes of planted changes right, {wrong.Count} wrong: {string.Join("; ", wrong)}"
        );
        // 90 were planted that change.
        Assert.True(right >= 85, $"{right} right");
        Assert.True(wrong.Count <= 3, string.Join("; ", wrong));
        // What became of the others, is told of nothing that happened to them.
        var others = changes.Flips.Where(f => pair.Fates[(f.SourceId2 ?? f.SourceId1)!] is Fate.Ordinary or Fate.Unusual).ToList();
        Assert.All(
            others,
            f =>
                Assert.Contains(
                    f.Cause,
                    new[] { ChangeCause.Threshold, ChangeCause.Detector, ChangeCause.Measurement, ChangeCause.Several }
                )
        );
    }

    [Fact]
    public async Task Every_part_of_a_change_of_score_is_accounted_for()
    {
        var pair = new ReleasePair(800, 5, s_planted);
        await using var test = await TestLedger.CreateAsync();
        await LoadAsync(test, pair);
        var changes = await ChangesAsync(test, await RunAsync(test, "one", "knn", 0.05), await RunAsync(test, "two", "knn", 0.05));
        var parts = changes.Flips.Where(f => f.MeasurementPart is not null).ToList();
        Assert.NotEmpty(parts);
        Assert.All(
            parts,
            f =>
                Assert.Equal(
                    f.Score2!.Value - f.Score1!.Value,
                    f.MeasurementPart!.Value + f.ErrorPart!.Value + f.ThresholdPart!.Value + f.DetectorPart!.Value,
                    1e-9
                )
        );
    }

    [Fact]
    public async Task Where_only_the_threshold_moved_it_is_the_cause_and_where_only_the_seed_is_another_the_detector()
    {
        var pair = new ReleasePair(1500, 6, (Fate.Unusual, 30));
        await using var test = await TestLedger.CreateAsync();
        await ReleasePair.LoadAsync(test, "one", pair.First, ReleasePair.Epoch1);
        await ReleasePair.LoadAsync(test, "two", pair.First, ReleasePair.Epoch1);
        var run1 = await RunAsync(test, "one", "isolation_forest", 0.02);

        var wider = await ChangesAsync(test, run1, await RunAsync(test, "two", "isolation_forest", 0.04));
        Assert.Equal((wider.Resource.Flagged2 - wider.Resource.Flagged1, 0L), (wider.Resource.New, wider.Resource.Gone));
        Assert.Equal([(ChangeCause.Threshold, wider.Resource.New)], wider.Resource.NewCauses.Select(c => (c.Key, c.Value)));
        Assert.Contains(wider.Resource.Notes, n => n.Contains("Run 1 flags 2 % of its stars, run 2 4 %.", StringComparison.Ordinal));

        var reseeded = await ChangesAsync(test, run1, await RunAsync(test, "two", "isolation_forest", 0.02, seed: 7));
        Assert.NotEmpty(reseeded.Flips);
        Assert.All(reseeded.Flips, f => Assert.Equal(ChangeCause.Detector, f.Cause));
        Assert.Contains(reseeded.Resource.Notes, n => n.Contains("other seeds", StringComparison.Ordinal));

        var same = await ChangesAsync(test, run1, await RunAsync(test, "two", "isolation_forest", 0.02));
        Assert.Empty(same.Flips);
        Assert.Equal(same.Resource.Flagged1, same.Resource.Kept);
    }

    [Fact]
    public async Task Errors_that_shrank_are_the_cause_where_a_recipe_looks_at_errors()
    {
        var pair = new ReleasePair(800, 12, (Fate.Unusual, 12));
        await using var test = await TestLedger.CreateAsync();
        // As fast as the others, where three errors are taken off, and much faster where they are small.
        List<ReleasedStar> noisy = [.. pair.First.Select((s, i) => i < 10 ? s with { Pmra = 400, PmError = 131.8 } : s)];
        await ReleasePair.LoadAsync(test, "one", noisy, ReleasePair.Epoch1);
        await ReleasePair.LoadAsync(test, "two", [.. noisy.Select((s, i) => i < 10 ? s with { PmError = 0.1 } : s)], ReleasePair.Epoch1);
        var changes = await ChangesAsync(
            test,
            await RunAsync(test, "one", "mcd", 0.03, features: "deep"),
            await RunAsync(test, "two", "mcd", 0.03, features: "deep")
        );
        var shrank = changes.Flips.Where(f => int.Parse(f.SourceId2![1..], CultureInfo.InvariantCulture) < 10).ToList();
        Assert.Equal(10, shrank.Count);
        Assert.All(
            shrank,
            f =>
            {
                Assert.Equal(("new", ChangeCause.Error), (f.Change, f.Cause));
                Assert.Equal("The error of its proper motion in right ascension shrank from 130 to 0.10 mas/yr.", f.Sentence);
                Assert.Equal(0, f.MeasurementPart);
            }
        );
    }

    [Fact]
    public async Task Runs_by_different_algorithms_have_changes_and_no_causes()
    {
        var pair = new ReleasePair(600, 8, s_planted);
        await using var test = await TestLedger.CreateAsync();
        await LoadAsync(test, pair);
        var changes = await ChangesAsync(test, await RunAsync(test, "one", "mcd", 0.05), await RunAsync(test, "two", "knn", 0.05));
        Assert.False(changes.Resource.CausesTold);
        Assert.Equal("the runs differ in algorithm, and causes cannot be told from that", changes.Resource.WhyNotTold);
        Assert.All(
            changes.Flips.Where(f => f is { Score1: not null, Score2: not null }),
            f => Assert.Equal(ChangeCause.RunsDiffer, f.Cause)
        );
        Assert.All(
            changes.Flips.Where(f => f is { Star1Id: null } or { Star2Id: null }),
            f => Assert.Contains(f.Cause, new[] { ChangeCause.StarNew, ChangeCause.StarGone })
        );
    }

    [Fact]
    public async Task A_star_outside_the_filter_of_one_run_is_told_which_condition_it_fails()
    {
        var pair = new ReleasePair(800, 9, (Fate.Unusual, 30), (Fate.ErrorShrank, 12));
        await using var test = await TestLedger.CreateAsync();
        await LoadAsync(test, pair);
        var filter = new StarFilter { ParallaxOverError = new Bounds(8), DecDeg = new Bounds(10.5) };
        var run1 = await RunAsync(test, "one", "mcd", 0.06, filter: filter with { DecDeg = new Bounds(11) });
        var run2 = await RunAsync(test, "two", "mcd", 0.06, filter: filter);
        var changes = await ChangesAsync(test, run1, run2);
        Assert.Contains(changes.Resource.Notes, n => n.Contains("other filters", StringComparison.Ordinal));
        var shrank = changes.Flips.Where(f => pair.Fates[f.SourceId2!] == Fate.ErrorShrank && f.DecDeg > 11.01).ToList();
        Assert.NotEmpty(shrank);
        Assert.All(
            shrank,
            f =>
            {
                Assert.Equal(ChangeCause.Error, f.Cause);
                Assert.StartsWith(
                    "Outside the selection of run 1: parallax / error ≥ 8. The error of its parallax shrank from",
                    f.Sentence
                );
            }
        );
        var south = changes.Flips.Where(f => f.Change == "new" && pair.Fates[f.SourceId2!] == Fate.Unusual && f.DecDeg < 10.99).ToList();
        Assert.NotEmpty(south);
        Assert.All(
            south,
            f => Assert.Equal((ChangeCause.Selection, "Outside the selection of run 1: Dec (deg) ≥ 11."), (f.Cause, f.Sentence))
        );
    }

    [Fact]
    public async Task The_export_has_every_changed_flag_and_the_next_question_is_answered_from_memory()
    {
        var pair = new ReleasePair(600, 10, s_planted);
        await using var test = await TestLedger.CreateAsync();
        await LoadAsync(test, pair);
        var (run1, run2) = (await RunAsync(test, "one", "mcd", 0.05), await RunAsync(test, "two", "mcd", 0.05));
        var reader = new RunChangeReader(test.Ledger);
        var changes = await reader.ReadAsync(run1, run2, cancellationToken: CancellationToken);
        Assert.Same(changes, await reader.ReadAsync(run1, run2, cancellationToken: CancellationToken));

        var table = await new ChangeExport(test.Ledger).TableAsync(changes, "gone", cancellationToken: CancellationToken);
        var rows = new List<object?[]>();
        await foreach (var batch in table.Batches)
            rows.AddRange(batch);
        Assert.Equal(changes.Resource.Gone, rows.Count);
        Assert.All(rows, r => Assert.Equal((table.Columns.Count, "gone"), (r.Length, (string)r[0]!)));
        Assert.Equal("source_id", (string?)table.Provenance["matched_by"]);
    }

    [Fact]
    public async Task Runs_that_are_not_of_two_tables_are_refused()
    {
        var pair = new ReleasePair(300, 11);
        await using var test = await TestLedger.CreateAsync();
        await LoadAsync(test, pair);
        var (run1, again) = (await RunAsync(test, "one", "mcd", 0.05), await RunAsync(test, "one", "mcd", 0.02));
        var refused = await Assert.ThrowsAsync<LedgerException>(() => ChangesAsync(test, run1, again));
        Assert.Equal((ErrorCode.InvalidValue, "dataset_2"), (refused.Code, refused.Field));
    }

    private static (int Right, List<string> Wrong) Judge(ReleasePair pair, RunChanges changes)
    {
        var (right, wrong) = (0, new List<string>());
        foreach (var flip in changes.Flips)
        {
            var id = (flip.SourceId2 ?? flip.SourceId1)!;
            (string, string)? expected = pair.Fates[id] switch
            {
                Fate.MovedAway => ("new", ChangeCause.Measurement),
                Fate.MovedBack => ("gone", ChangeCause.Measurement),
                Fate.ErrorShrank => ("new", ChangeCause.Error),
                Fate.Added => ("new", ChangeCause.StarNew),
                Fate.Removed => ("gone", ChangeCause.StarGone),
                Fate.ColourLost => ("gone", ChangeCause.Selection),
                _ => null,
            };
            if (expected is not { } e)
                continue;
            if (
                e == (flip.Change, flip.Cause)
                && (flip.Cause != ChangeCause.Measurement || flip.Quantity == "pmra_mas_yr" && Math.Abs(flip.Sigmas!.Value) > 100)
            )
                right++;
            else
                wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{pair.Fates[id]} {flip.Change} {flip.Cause} {flip.Quantity}"));
        }
        return (right, wrong);
    }

    private static async Task LoadAsync(TestLedger test, ReleasePair pair)
    {
        await ReleasePair.LoadAsync(test, "one", pair.First, ReleasePair.Epoch1);
        await ReleasePair.LoadAsync(test, "two", pair.Second, ReleasePair.Epoch2);
    }

    private static async Task<DiscoveryRun> RunAsync(
        TestLedger test,
        string dataset,
        string algorithm,
        double contamination,
        int? seed = null,
        StarFilter? filter = null,
        string features = "population"
    )
    {
        var random = seed is { } s ? string.Create(CultureInfo.InvariantCulture, $", \"random_state\": {s}") : "";
        var parameters = ParameterReader.Read(
            algorithm,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"features\": \"{features}\", \"contamination\": {contamination}, \"draws\": 0{random}}}"
            )
        );
        var outcome = await new DiscoveryService(test.Ledger).RunOnlyAsync(
            new RunRequest(dataset, filter ?? StarFilter.All, parameters),
            cancellationToken: CancellationToken
        );
        return await new RunRepository(test.Ledger).GetAsync(outcome.RunId!.Value, CancellationToken);
    }

    private static Task<RunChanges> ChangesAsync(TestLedger test, DiscoveryRun run1, DiscoveryRun run2) =>
        new RunChangeReader(test.Ledger).ReadAsync(run1, run2, cancellationToken: CancellationToken);
}
