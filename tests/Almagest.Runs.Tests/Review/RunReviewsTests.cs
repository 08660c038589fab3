using Almagest.Contract.Errors;
using Almagest.Discovery.Anomaly.ActiveForest;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Explanation;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Replay;
using Almagest.Runs.Requests;
using Almagest.Runs.Review;
using Almagest.Runs.Tests.Execution;
using Xunit;

namespace Almagest.Runs.Tests.Review;

/// <summary>Reviews of stored runs: answers, what they do to the list, and how they are kept.</summary>
public sealed class RunReviewsTests
{
    [Fact]
    public async Task Each_answer_is_a_label_and_the_list_is_new()
    {
        await using var test = await WithSkyAsync();
        using var reviews = new RunReviews(test.Ledger);
        var run = await RunAsync(test);
        var before = (await reviews.LookAsync(run)).Resource;
        Assert.Equal((0, 0, 0, 1000), (before.Interesting, before.Ordinary, before.Skipped, before.Left));
        Assert.Equal($"review-{run.ToString()[^8..]}", before.LabelSet);
        Assert.Equal(
            await test.ScalarAsync<long>(
                $"select star_id from discovery_results where run_id = '{run}' order by anomaly_score, star_id limit 1"
            ),
            before.Next!.Star.StarId
        );
        Assert.Equal(1, before.Next.PlaceBefore);
        // Before any answer the scores are those of the run.
        Assert.Equal(
            await test.ScalarAsync<double>($"select min(anomaly_score) from discovery_results where run_id = '{run}'"),
            before.Next.Star.AnomalyScore
        );
        Assert.Equal("path_length", before.Next.Why.Measure);
        Assert.Contains("No answer has been given yet", before.Note, StringComparison.Ordinal);

        // Bright stars are wanted, near ones are not.
        var bright = 0;
        for (var i = 0; i < 30; i++)
        {
            var next = (await reviews.LookAsync(run)).Resource.Next!;
            var isBright = next.Star.Magnitude < 8;
            bright += isBright ? 1 : 0;
            await reviews.AnswerAsync(run, null, next.Star.StarId, isBright ? 'y' : 'n', "ann");
        }
        Assert.InRange(bright, 18, 20);
        var after = await reviews.LookAsync(run);
        Assert.Equal((bright, 30 - bright, 970), (after.Resource.Interesting, after.Resource.Ordinary, after.Resource.Left));
        Assert.Equal("reweighted_path_length", after.Resource.Next!.Why.Measure);
        Assert.Contains("a score is no probability", after.Resource.Note, StringComparison.Ordinal);
        // Nothing that the run itself says.
        Assert.Contains("be flagged by a checkpoint made now (score", after.Resource.Next.Why.Sentence, StringComparison.Ordinal);
        Assert.Matches(
            @"its path length after the answers is [\d.]+ splits, against [\d.]+ on the average of the stars that the trees",
            after.Resource.Next.Why.Sentence
        );
        Assert.Equal(
            30,
            await test.ScalarAsync<long>(
                $"select count(*) from star_labels where label_set = '{before.LabelSet}' and labelled_by = 'ann' and is_anomaly is not null"
            )
        );
        // Another program sees the same review.
        using var other = new RunReviews(test.Ledger);
        Assert.Equal(after.Resource.Stars, (await other.LookAsync(run)).Resource.Stars);
    }

    [Fact]
    public async Task A_skip_teaches_nothing_and_is_not_shown_again_and_an_undo_takes_one_s_own_last_answer_back()
    {
        await using var test = await WithSkyAsync();
        using var reviews = new RunReviews(test.Ledger);
        var run = await RunAsync(test);
        var first = (await reviews.LookAsync(run)).Resource;
        var (one, two) = (first.Stars[0], first.Stars[1]);
        await reviews.AnswerAsync(run, null, one.StarId, 's', "ann");
        var skipped = (await reviews.LookAsync(run)).Resource;
        Assert.Equal((1, 999), (skipped.Skipped, skipped.Left));
        Assert.Equal(first.Stars.Skip(1), skipped.Stars.Take(9));

        await reviews.AnswerAsync(run, null, two.StarId, 'n', "bob");
        var undone = await reviews.UndoAsync(run, null, "ann");
        Assert.Equal(one.StarId, undone.StarId);
        await reviews.UndoAsync(run, null, "bob");
        Assert.Equal(first.Stars, (await reviews.LookAsync(run)).Resource.Stars);
        var none = await Assert.ThrowsAsync<LedgerException>(() => reviews.UndoAsync(run, null, "bob"));
        Assert.Equal(ErrorCode.LabelNotFound, none.Code);
    }

    [Fact]
    public async Task What_else_a_label_says_outlives_an_answer()
    {
        await using var test = await WithSkyAsync();
        using var reviews = new RunReviews(test.Ledger);
        var run = await RunAsync(test);
        var star = (await reviews.LookAsync(run, "eye")).Resource.Next!.Star.StarId;
        await new StarLabels(test.Ledger).SetAsync(
            new StarLabel
            {
                StarId = star,
                LabelSet = "eye",
                Kind = "giant",
            }
        );
        await reviews.AnswerAsync(run, "eye", star, 'y', "ann");
        Assert.Equal("giant", await test.ScalarAsync<string>($"select kind from star_labels where star_id = {star} and is_anomaly = 1"));
        await Assert.ThrowsAsync<LedgerException>(() => reviews.UndoAsync(run, "eye", "ann"));
        Assert.Equal("giant", await test.ScalarAsync<string>($"select kind from star_labels where star_id = {star} and is_anomaly = 1"));
    }

    [Fact]
    public async Task A_checkpoint_is_a_run_that_holds_its_answers_replays_is_explained_and_goes_on()
    {
        await using var test = await WithSkyAsync();
        using var reviews = new RunReviews(test.Ledger);
        var run = await RunAsync(test);
        var nothing = await Assert.ThrowsAsync<LedgerException>(() => reviews.CheckpointAsync(run));
        Assert.Equal("label_set", nothing.Field);
        foreach (var star in (await reviews.LookAsync(run)).Resource.Stars)
            await reviews.AnswerAsync(run, null, star.StarId, star.Magnitude < 8 ? 'y' : 'n', "ann");
        var review = (await reviews.LookAsync(run)).Resource;
        var kept = await KeepAsync(test, await reviews.CheckpointAsync(run));
        var stored = await new RunRepository(test.Ledger).GetAsync(kept, TestContext.Current.CancellationToken);
        var parameters = (ActiveForestParameters)ParameterReader.ReadStored(stored);
        Assert.Equal(("active", review.AnswersHash, review.LabelSet), (stored.Algorithm, parameters.AnswersHash, parameters.LabelSet));
        Assert.Equal(10, ReviewAnswers.Parse(parameters.Answers).BySource.Count);

        // What the review showed is what the run stores.
        foreach (var star in review.Stars)
            Assert.Equal(
                star.AnomalyScore,
                await test.ScalarAsync<double>(
                    $"select anomaly_score from discovery_results where run_id = '{kept}' and star_id = {star.StarId}"
                )
            );
        // Later answers and labels change nothing of it.
        await reviews.AnswerAsync(run, null, review.Next!.Star.StarId, 'n', "ann");
        var replay = await new RunReplayer(test.Ledger).ReplayAsync(kept);
        Assert.True(replay is { IsReproduced: true, IsIntact: true }, $"{replay.Different} rows differ");
        using var explainer = new RunExplainer(test.Ledger);
        var why = await explainer.ExplainAsync(kept, review.Next.Star.StarId);
        Assert.Equal("reweighted_path_length", why.Explanation.Measure.Name);

        // A checkpoint is reviewed further: what it was made with counts, where its set of labels is not there any more as well.
        await test.ExecuteAsync("delete from star_labels");
        var on = (await reviews.LookAsync(kept)).Resource;
        Assert.Equal((review.LabelSet, review.AnswersHash), (on.LabelSet, on.AnswersHash));
        Assert.Equal(review.Stars, on.Stars);
    }

    [Fact]
    public async Task Answers_are_carried_to_another_dataset_by_the_catalogue_s_ids()
    {
        await using var test = await WithSkyAsync();
        using var reviews = new RunReviews(test.Ledger);
        var run = await RunAsync(test);
        foreach (var star in (await reviews.LookAsync(run)).Resource.Stars)
            await reviews.AnswerAsync(run, null, star.StarId, star.Magnitude < 8 ? 'y' : 'n', "ann");
        await test.AddDatasetAsync("later", 600);
        // None of its stars has an id of those that were answered: a run there would be the plain forest.
        var none = await Assert.ThrowsAsync<LedgerException>(() => reviews.CheckpointAsync(run, dataset: "later"));
        Assert.Equal("dataset", none.Field);
        Assert.Contains("no star of the dataset 'later' has the source_id of one that was called", none.Message, StringComparison.Ordinal);
        await test.ExecuteAsync(
            """
            with s as materialized (select source_id, ra_deg, dec_deg, magnitude, parallax_mas, color from stars)
            update stars l set source_id = s.source_id, ra_deg = s.ra_deg, dec_deg = s.dec_deg, magnitude = s.magnitude,
                parallax_mas = s.parallax_mas, color = s.color
            from s where s.source_id = replace(l.source_id, 'later-', 'sky-') and l.source_id like 'later-%'
            """
        );
        var later = await KeepAsync(test, await reviews.CheckpointAsync(run, dataset: "later"));
        var there = (await reviews.LookAsync(later)).Resource;
        var here = (await reviews.LookAsync(run)).Resource;
        Assert.Equal(here.AnswersHash, there.AnswersHash);
        Assert.Equal((here.Interesting, here.Ordinary), (there.Interesting, there.Ordinary));
        Assert.Equal(600 - 10, there.Left);
        Assert.True((await new RunReplayer(test.Ledger).ReplayAsync(later)).IsReproduced);
    }

    [Fact]
    public async Task What_cannot_be_reviewed_is_refused()
    {
        await using var test = await WithSkyAsync();
        using var reviews = new RunReviews(test.Ledger);
        var parameters = Algorithms.Find("mcd")!.Read("""{"features": "photometric", "distance_without_errors": true}""");
        var mcd = await KeepAsync(test, new RunRequest("sky", StarFilter.All, parameters));
        Assert.Equal(ErrorCode.WrongRunType, (await Assert.ThrowsAsync<LedgerException>(() => reviews.LookAsync(mcd))).Code);
        var run = await RunAsync(test);
        var star = await Assert.ThrowsAsync<LedgerException>(() => reviews.AnswerAsync(run, null, 987_654, 'y', "ann"));
        Assert.Equal(ErrorCode.StarNotAnalysed, star.Code);
        var next = (await reviews.LookAsync(run)).Resource.Next!.Star.StarId;
        Assert.Equal("answer", (await Assert.ThrowsAsync<LedgerException>(() => reviews.AnswerAsync(run, null, next, 'q', "ann"))).Field);
        async Task<string> WhyAsync(string answers) =>
            (
                await Assert.ThrowsAsync<LedgerException>(() => reviews.AnswerAllAsync(run, null, ReviewAnswers.Parse(answers), "ann"))
            ).Message;
        Assert.Contains(
            $"the dataset of run {run} does not have 1 of the stars that are answered, such as nowhere (line 2)",
            await WhyAsync("y sky-1\nn nowhere")
        );
        Assert.Contains(
            "line 3 of the answers is on 'sky-2 great star', which is not the source_id",
            await WhyAsync("y sky-1\n\ny sky-2 great star")
        );
        await test.ExecuteAsync("update stars set source_id = 'no light', magnitude = null where source_id = 'sky-7'");
        var lacking = await RunAsync(test);
        using var anew = new RunReviews(test.Ledger);
        var left = await Assert.ThrowsAsync<LedgerException>(() =>
            anew.AnswerAllAsync(lacking, null, ReviewAnswers.Parse("y sky-1\nn no light"), "ann")
        );
        Assert.Contains($"run {lacking} did not analyse 1 of the stars that are answered, such as no light (line 2)", left.Message);
        Assert.Equal(0, await test.ScalarAsync<long>("select count(*) from star_labels"));
    }

    private static async Task<Guid> KeepAsync(TestLedger test, RunRequest request) =>
        (await new DiscoveryService(test.Ledger).RunOnlyAsync(request)).RunId!.Value;

    private static Task<Guid> RunAsync(TestLedger test) =>
        KeepAsync(
            test,
            new RunRequest(
                "sky",
                StarFilter.All,
                new IsolationForestParameters
                {
                    Features = "classic",
                    Contamination = 0.04,
                    Draws = 0,
                }
            )
        );

    /// <summary>1,000 stars in one place, of which twenty are bright and fifteen are near.</summary>
    private static async Task<TestLedger> WithSkyAsync()
    {
        var test = await TestLedger.CreateAsync();
        await test.AddDatasetAsync("sky", 1000);
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
