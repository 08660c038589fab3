using Almagest.Contract.Errors;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Watches;
using Almagest.Runs.Changes;
using Almagest.Runs.Comparison;
using Almagest.Runs.Execution;
using Almagest.Runs.Explanation;
using Almagest.Runs.Kinds;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Replay;
using Almagest.Runs.Requests;
using Almagest.Runs.Results;
using Almagest.Runs.Review;
using Almagest.Runs.Scoring;
using Almagest.Runs.Watching;
using Almagest.Testing;
using Xunit;

namespace Almagest.Runs.Tests.InPlace;

/// <summary>What is asked of runs whose results are in files is answered as of the same runs over the same stars in the ledger, or refused:
/// never from the flagged stars as if they were all.</summary>
public sealed class AnswersOfFilesTests(AnswersOfFilesTests.Both both) : IClassFixture<AnswersOfFilesTests.Both>
{
    private static CancellationToken CancellationToken => TestContext.Current.CancellationToken;

    private TestLedger Test => both.Ledger;

    public static TheoryData<int, int> Pairs => [(0, 1), (0, 2), (2, 0), (0, 3), (3, 1)];

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Pairs_agree_as_far_as_those_of_loaded_stars(int first, int second)
    {
        var pairs = new List<RunAgreement>();
        foreach (var runs in new[] { both.Loaded, both.Lying })
            pairs.Add(await new RunAgreementReader(Test.Ledger).ReadAsync(runs[first], runs[second], CancellationToken));
        var (loaded, lying) = (pairs[0], pairs[1]);
        Assert.True(lying.Overlap.Shared > lying.Marked1);
        Assert.Equal((loaded.Marked1, loaded.Marked2, loaded.Overlap), (lying.Marked1, lying.Marked2, lying.Overlap));
        foreach (var side in Enum.GetValues<PairSide>())
        {
            var (expected, found) = (await StarsAsync(loaded, side), await StarsAsync(lying, side));
            Assert.Equal(expected.Select(s => s.SourceId), found.Select(s => s.SourceId));
            foreach (var (e, f) in expected.Zip(found))
            {
                // A score that is in the files is not known; all that is known is the same.
                Assert.True(f.Score1 is null || f.Score1 == e.Score1);
                Assert.True(f.Score2 is null || f.Score2 == e.Score2);
                Assert.Equal(side == PairSide.OnlyIn2, f.Score1 is null);
                Assert.Equal(side == PairSide.OnlyIn1, f.Score2 is null);
                Assert.True(f.Reason == e.Reason || f.Reason == FlipReason.InFiles, $"{f.Reason} instead of {e.Reason}");
                Assert.Null(f.NearThreshold);
                // Who analysed it is known of both, so that a score in files is told from none.
                Assert.Equal((e.Analysed1, e.Analysed2), (f.Analysed1, f.Analysed2));
                Assert.Equal((e.Score1 is not null, e.Score2 is not null), (e.Analysed1, e.Analysed2));
            }
        }
        var flips = await new PairStarReader(Test.Ledger).CountAsync(lying, CancellationToken);
        Assert.Equal((null, null), (flips.NearThreshold1, flips.NearThreshold2));
        Assert.Equal((lying.OnlyIn1, lying.OnlyIn2), (flips.OnlyIn1.Values.Sum(), flips.OnlyIn2.Values.Sum()));
    }

    [Fact]
    public async Task Whether_another_threshold_would_flag_a_star_is_said_only_where_it_is_known()
    {
        // Runs 0 and 2 have one fitted detector; 0 and 3 do not, and 3 flags the larger share.
        Assert.Equal([FlipReason.Threshold], await ReasonsAsync(0, 2, PairSide.OnlyIn1));
        Assert.Equal([FlipReason.Data, FlipReason.InFiles], await ReasonsAsync(3, 0, PairSide.OnlyIn1));
        // What the other did not analyse is in no need of a score.
        Assert.Contains(FlipReason.Data, await ReasonsAsync(0, 3, PairSide.OnlyIn1));
        // Of seeds alone, which flag equally many, it is the seed.
        Assert.Equal([FlipReason.Seed], await ReasonsAsync(0, 1, PairSide.OnlyIn1));
    }

    [Fact]
    public async Task Many_runs_agree_on_the_stars_on_which_those_of_loaded_stars_do()
    {
        var reader = new ConsensusReader(Test.Ledger);
        var (loaded, lying) = (
            await reader.ReadAsync(both.Loaded, 500, null, CancellationToken),
            await reader.ReadAsync(both.Lying, 500, null, CancellationToken)
        );
        Assert.Equal(loaded.Total, lying.Total);
        // Where two are as sure, the number decides, whose order is that of the rows in both.
        Assert.Equal(
            loaded.Stars.Select(s => (s.Star.SourceId, s.Consensus.Flagged, s.Consensus.Analysed, s.Consensus.Posterior.Mean)),
            lying.Stars.Select(s => (s.Star.SourceId, s.Consensus.Flagged, s.Consensus.Analysed, s.Consensus.Posterior.Mean))
        );
        // The mean over the runs that flag a star would be too high.
        Assert.NotEmpty(loaded.FlagProbabilities);
        Assert.Empty(lying.FlagProbabilities);
        var (expected, found) = (await MatrixAsync(both.Loaded), await MatrixAsync(both.Lying));
        Assert.Equal(expected.Select(p => (p.Overlap, p.Log10QValue)), found.Select(p => (p.Overlap, p.Log10QValue)));
    }

    [Fact]
    public async Task The_history_of_a_star_has_every_run_that_analysed_it()
    {
        var results = new ResultRepository(Test.Ledger);
        var analysedByAll = 0;
        foreach (var star in both.Kept)
        {
            var (expected, found) = (
                await results.HistoryAsync(both.LoadedIdOf(star), cancellationToken: CancellationToken),
                await results.HistoryAsync(star.StarId, cancellationToken: CancellationToken)
            );
            Assert.Equal(
                expected.Select(h => (both.Loaded.FindIndex(r => r.RunId == h.RunId), h.IsAnomaly)),
                found.Select(h => (both.Lying.FindIndex(r => r.RunId == h.RunId), h.IsAnomaly))
            );
            foreach (var (e, f) in expected.Zip(found))
            {
                Assert.Equal(f.IsAnomaly == 0, f.ScoreInFiles);
                Assert.Equal(f.ScoreInFiles ? null : e.AnomalyScore, f.AnomalyScore);
            }
            analysedByAll += found.Any(h => h.ScoreInFiles) ? 1 : 0;
        }
        Assert.True(analysedByAll > 5);
    }

    [Fact]
    public async Task Flagged_stars_are_explained_and_grouped_as_those_of_loaded_stars()
    {
        using var explainer = new RunExplainer(Test.Ledger);
        using var kinds = new RunKinds(Test.Ledger);
        var worst = (await FlaggedAsync(both.Lying[0])).Items[0];
        var loaded = await explainer.ExplainAsync(both.Loaded[0].RunId, both.LoadedIdOf(worst), CancellationToken);
        var lying = await explainer.ExplainAsync(both.Lying[0].RunId, worst.StarId, CancellationToken);
        Assert.Equal((loaded.Score, loaded.Sentence), (lying.Score, lying.Sentence));
        var (expected, found) = (
            await kinds.FindAsync(both.Loaded[0].RunId, 0, null, CancellationToken),
            await kinds.FindAsync(both.Lying[0].RunId, 0, null, CancellationToken)
        );
        Assert.Equal(expected.Kinds.Select(k => (k.Name, k.Stars, k.Sentence)), found.Kinds.Select(k => (k.Name, k.Stars, k.Sentence)));
    }

    [Fact]
    public async Task Whatever_needs_every_result_is_refused()
    {
        var run = both.Lying[0];
        var unflagged = both.Kept.First(s => both.History(s).Any(h => h.RunId == run.RunId && h.ScoreInFiles));
        using var explainer = new RunExplainer(Test.Ledger);
        using var kinds = new RunKinds(Test.Ledger);
        using var reviews = new RunReviews(Test.Ledger);
        var results = new ResultRepository(Test.Ledger);
        Func<Task>[] questions =
        [
            () => results.PageAsync(run.RunId, new ResultQuery(), CancellationToken),
            () => results.PageAsync(run.RunId, new ResultQuery(ByScore: true), CancellationToken),
            () => results.PageAsync(run.RunId, new ResultQuery { StarIds = [unflagged.StarId] }, CancellationToken),
            () => results.CountAsync(run.RunId, new ResultQuery(), CancellationToken),
            async () => await results.PlacesAsync(run.RunId, new ResultQuery(), CancellationToken).CountAsync(CancellationToken),
            async () => await results.BySkyAsync(run.RunId, new ResultQuery(), CancellationToken).CountAsync(CancellationToken),
            () => RunScores.ReadAsync(Test.Ledger, run.RunId, CancellationToken),
            () => new ExcludedStarReader(Test.Ledger).FindAsync(run, CancellationToken),
            () => new RunRethresholder(Test.Ledger).RethresholdAsync(run.RunId, 0.01, CancellationToken),
            () => new RunScorer(Test.Ledger).ScoreAsync(run.RunId, null, CancellationToken),
            () => reviews.LookAsync(run.RunId, cancellationToken: CancellationToken),
            () => kinds.MoreAsync(run.RunId, 0, 10, CancellationToken),
            () => explainer.ExplainAsync(run.RunId, unflagged.StarId, CancellationToken),
            () => explainer.AlikeAsync(run.RunId, unflagged.StarId, 10, CancellationToken),
            () => new RunStars(Test.Ledger).FindAsync(run, "no such star", null, CancellationToken),
            () => new RunChangeReader(Test.Ledger).ReadAsync(run, both.Loaded[0], new PairingChoice(BySourceId: true), CancellationToken),
        ];
        foreach (var (i, question) in questions.Index())
        {
            var refused = await Assert.ThrowsAsync<LedgerException>(question);
            Assert.True(refused.Code == ErrorCode.ResultsInFiles, $"question {i}: {refused.Code.Name}: {refused.Message}");
            Assert.Equal((run.RunId, (object?)ResultFilesPath(run)), (refused.Facts["run_id"], refused.Facts["path"]));
            // Who may know where files are is decided at the edges.
            Assert.DoesNotContain(ResultFilesPath(run), refused.Message, StringComparison.Ordinal);
        }
        Assert.False(RunReviews.CanReview(run));
        Assert.True(RunReviews.CanReview(both.Loaded[0]));
    }

    [Fact]
    public async Task A_star_that_no_run_flagged_is_said_to_be_in_the_files()
    {
        var datasets = new DatasetRepository(Test.Ledger);
        var kept = both.Kept.Select(s => s.StarId).ToHashSet();
        var first = Almagest.Ledger.InPlace.InPlaceCatalogue.Of(both.LyingSet)!.FirstStarId;
        var away = Enumerable.Range(0, 100).Select(i => first + i).First(id => !kept.Contains(id));
        Assert.Equal(ErrorCode.DatasetInPlace, (await Assert.ThrowsAsync<LedgerException>(() => datasets.GetStarAsync(away))).Code);
        Assert.Equal(
            ErrorCode.DatasetInPlace,
            (await Assert.ThrowsAsync<LedgerException>(() => datasets.RequireNotInFilesAsync(away))).Code
        );
        await datasets.RequireNotInFilesAsync(both.Kept[0].StarId, CancellationToken);
        await datasets.RequireNotInFilesAsync(long.MaxValue, CancellationToken);
        Assert.Equal(both.Kept.Count, await datasets.KeptStarsAsync(both.LyingSet.DatasetId, CancellationToken));
    }

    [Fact]
    public async Task The_part_of_the_sky_is_that_of_the_loaded_stars_as_fine_as_it_is_known()
    {
        var reader = new CoverageReader(Test.Ledger);
        var loaded = await new DatasetRepository(Test.Ledger).GetAsync(both.Loaded[0].DatasetId, CancellationToken);
        foreach (var order in new int?[] { null, 6, 3 })
        {
            var of = order ?? CoverageReader.OrderOfFiles;
            Assert.Equal(
                (await reader.OfDatasetAsync(loaded, of, CancellationToken)).ToAscii(),
                (await reader.OfDatasetAsync(both.LyingSet, order, CancellationToken)).ToAscii()
            );
            foreach (var (l, f) in both.Loaded.Zip(both.Lying))
                Assert.Equal(
                    (await reader.OfRunAsync(l, of, CancellationToken)).ToAscii(),
                    (await reader.OfRunAsync(f, order, CancellationToken)).ToAscii()
                );
        }
        var refused = await Assert.ThrowsAsync<LedgerException>(() => reader.OfRunAsync(both.Lying[0], 7, CancellationToken));
        Assert.Equal("order", refused.Field);
    }

    [Fact]
    public async Task Watches_tell_of_the_flags_of_which_they_tell_over_loaded_stars()
    {
        var watches = new StarWatches(Test.Ledger);
        var sky = StarFilterText.Parse("cone=180,0,100");
        await watches.AddAsync("loaded", null, sky, both.Loaded[0].DatasetId.ToString(), null, CancellationToken);
        await watches.AddAsync("lying", null, sky, both.LyingSet.Name, null, CancellationToken);
        await Test.ExecuteAsync("update watches set added_at = '2000-01-01'");
        var told = await new WatchRounds(Test.Ledger).LookAsync(CancellationToken);
        var (loaded, lying) = (told.Where(n => n.Watch == "loaded").ToList(), told.Where(n => n.Watch == "lying").ToList());
        Assert.Equal(4, lying.Count);
        Assert.Equal(
            loaded.Select(n => (n.EarlierRuns, n.Flagged, n.NewlyFlagged, n.FirstAnalysed, string.Join(' ', n.SourceIds))),
            lying.Select(n => (n.EarlierRuns, n.Flagged, n.NewlyFlagged, n.FirstAnalysed, string.Join(' ', n.SourceIds)))
        );
        Assert.Contains(lying, n => n.NewlyFlagged > 0);
        Assert.Contains("watched stars that the ledger has", lying[0].Sentence, StringComparison.Ordinal);
        // Of a set of labels all stars are known, whether a run flags them or not.
        var labels = new StarLabels(Test.Ledger);
        foreach (var star in both.Kept.Take(40))
            await labels.SetAsync(
                new StarLabel
                {
                    StarId = star.StarId,
                    LabelSet = "seen",
                    Kind = "seen",
                },
                null,
                CancellationToken
            );
        await watches.AddAsync("seen", "seen", null, null, null, CancellationToken);
        await Test.ExecuteAsync("update watches set added_at = '2000-01-01'");
        var seen = (await new WatchRounds(Test.Ledger).LookAsync(CancellationToken)).Where(n => n.Watch == "seen").ToList();
        Assert.Equal(
            both.Lying.Select(r => (long)both.Kept.Take(40).Count(s => both.History(s).Any(h => h.RunId == r.RunId))),
            both.Lying.Select(r => seen.SingleOrDefault(n => n.RunId == r.RunId)?.Stars ?? 0)
        );
    }

    private static string ResultFilesPath(DiscoveryRun run) => Almagest.Ledger.InPlace.ResultFiles.Of(run)!.Path;

    private Task<Page<Contract.Runs.StarResult>> FlaggedAsync(DiscoveryRun run) =>
        new ResultRepository(Test.Ledger).PageAsync(run.RunId, new ResultQuery(AnomaliesOnly: true, ByScore: true), CancellationToken);

    private async Task<IReadOnlyList<Contract.Comparison.PairStar>> StarsAsync(RunAgreement pair, PairSide side) =>
        (await new PairStarReader(Test.Ledger).PageAsync(pair, new PairStarQuery(side, Limit: 10_000), CancellationToken)).Items;

    private async Task<IReadOnlyList<string>> ReasonsAsync(int first, int second, PairSide side)
    {
        var pair = await new RunAgreementReader(Test.Ledger).ReadAsync(both.Lying[first], both.Lying[second], CancellationToken);
        return [.. (await StarsAsync(pair, side)).Select(s => s.Reason!).Distinct().Order(StringComparer.Ordinal)];
    }

    private async Task<IReadOnlyList<PairSignificance>> MatrixAsync(IReadOnlyList<DiscoveryRun> runs) =>
        PairSignificance.Matrix(runs, await new RunSetReader(Test.Ledger).MarksAsync(runs, CancellationToken));

    /// <summary>The same runs over one catalogue, loaded and read where it lies.</summary>
    public sealed class Both : IAsyncLifetime
    {
        private readonly TestFolder _folder = TestFolder.Create("answers");
        private Dictionary<string, long> _loadedIds = [];
        private Dictionary<long, IReadOnlyList<Contract.Runs.StarHistoryEntry>> _history = [];

        public TestLedger Ledger { get; private set; } = null!;

        public List<DiscoveryRun> Loaded { get; } = [];

        public List<DiscoveryRun> Lying { get; } = [];

        public Dataset LyingSet { get; private set; } = null!;

        /// <summary>The stars of it that are in the ledger.</summary>
        public List<Star> Kept { get; private set; } = [];

        public long LoadedIdOf(Star star) => _loadedIds[star.SourceId];

        public long LoadedIdOf(Contract.Runs.StarResult star) => _loadedIds[star.SourceId];

        public IReadOnlyList<Contract.Runs.StarHistoryEntry> History(Star star) => _history[star.StarId];

        public async ValueTask InitializeAsync()
        {
            Ledger = await TestLedger.CreateWholeAsync();
            var (loaded, lying) = await LyingCatalogue.IngestAsync(Ledger, _folder.Path, "files", default);
            LyingSet = lying;
            (string Parameters, string Filter)[] asked =
            [
                ("""{"features": "population", "n_estimators": 20, "draws": 4, "contamination": 0.04}""", "{}"),
                ("""{"features": "population", "n_estimators": 20, "draws": 4, "contamination": 0.04, "random_state": 7}""", "{}"),
                ("""{"features": "population", "n_estimators": 20, "draws": 4, "contamination": 0.01}""", "{}"),
                ("""{"features": "photometric", "n_estimators": 20, "draws": 4, "contamination": 0.2}""", """{"magnitude": {"max": 16}}"""),
            ];
            foreach (var (parameters, filter) in asked)
            {
                var forest = Algorithms.Find("isolation_forest")!.Read(parameters);
                foreach (var (dataset, runs) in new[] { (loaded, Loaded), (lying, Lying) })
                {
                    var outcome = await new DiscoveryService(Ledger.Ledger).RunAsync(
                        new RunRequest(dataset.Name, StarFilter.FromJson(filter), forest)
                    );
                    runs.Add(await new RunRepository(Ledger.Ledger).GetAsync(outcome.RunId!.Value));
                }
            }
            Kept = await Ledger.Ledger.ReadAsync(c => c.Stars.Where(s => s.DatasetId == lying.DatasetId).OrderBy(s => s.StarId), default);
            _loadedIds = (await Ledger.Ledger.ReadAsync(c => c.Stars.Where(s => s.DatasetId == loaded.DatasetId), default)).ToDictionary(
                s => s.SourceId,
                s => s.StarId
            );
            foreach (var star in Kept)
                _history[star.StarId] = await new ResultRepository(Ledger.Ledger).HistoryAsync(star.StarId);
        }

        public async ValueTask DisposeAsync()
        {
            await Ledger.DisposeAsync();
            _folder.Dispose();
        }
    }
}
