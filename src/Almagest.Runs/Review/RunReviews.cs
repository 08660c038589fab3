using System.Globalization;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Anomaly.ActiveForest;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Explanation;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;
using Microsoft.EntityFrameworkCore;

namespace Almagest.Runs.Review;

/// <summary>
/// Reviews of runs: the next star of a forest's list is answered, the forest learns, the list is new. The answers are labels in a set of
/// their own, one a star, with who and when; whoever reads the set sees the same review, in any program. Nothing else is stored until
/// somebody asks for a checkpoint, which is a run of its own.
/// </summary>
/// <remarks>Thread-safe. Keeps the last two runs under review in memory.</remarks>
/// <param name="shared">stars that others use as well; null = its own</param>
public sealed class RunReviews(LedgerDatabase ledger, SelectionCache? shared = null) : IDisposable
{
    /// <summary>Stars of the list, unless said otherwise.</summary>
    public const int UsualList = 10;

    public const int MostListed = 1000;

    private const int MostKept = 2;

    private const string NothingLearned =
        "No answer has been given yet: the order is that of the isolation forest. A star is next because it is unlike the others, "
        + "not because it is known to be of interest.";

    private const string Learned =
        "The order is the forest's as reweighted by the answers: stars like those called interesting first, stars like those called "
        + "ordinary last. It follows the eye that answered, and its misjudgements; a score is no probability, and how many interesting "
        + "stars there are cannot be read off a list that was looked through in this order.";

    private readonly SelectionCache _selections = shared ?? new SelectionCache(ledger);
    private readonly StarLabels _labels = new(ledger);
    private readonly SemaphoreSlim _preparing = new(1, 1);

    // Last used first.
    private readonly List<ReviewedRun> _kept = [];

    /// <summary>Threads for preparing; 0 = one per core. Never changes an answer.</summary>
    public int MaxThreads { get; init; }

    /// <summary>Whether a run's forest can learn.</summary>
    public static bool CanReview(DiscoveryRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run is { IsComplete: true, StarSetId: null, Algorithm: IsolationForestParameters.Name or ActiveForestParameters.Name };
    }

    /// <summary>The review as it stands.</summary>
    /// <param name="labelSet">null = that of the run</param>
    /// <param name="list">most stars of the list</param>
    /// <exception cref="LedgerException">no such run; it has no forest that could learn; the recipe, the stars or the program have changed
    /// since</exception>
    public async Task<ReviewState> LookAsync(
        Guid runId,
        string? labelSet = null,
        int list = UsualList,
        CancellationToken cancellationToken = default
    )
    {
        var run = await RunAsync(runId, cancellationToken);
        var set = SetOf(run, labelSet);
        var given = await GivenAsync(run, set, cancellationToken);
        var (learned, rows, result) = await Task.Run(
            () =>
            {
                var forest = given.Learned(cancellationToken);
                return (
                    forest,
                    First(forest.Scores, given, Math.Clamp(list, 1, MostListed)),
                    AnomalyResult.FromScores(forest.Scores, run.Parameters.Contamination)
                );
            },
            cancellationToken
        );
        var stars = await StarsAsync(run, rows, cancellationToken);
        var why = rows.Count == 0 ? null : Explain(run, learned, rows[0], stars[0], result);
        var anyLearned = given.Count(ReviewAnswers.Yes) + given.Count(ReviewAnswers.No) > 0;
        return new ReviewState(
            new ReviewResource(
                runId,
                set,
                given.Count(ReviewAnswers.Yes),
                given.Count(ReviewAnswers.No),
                given.Count(ReviewAnswers.Skip),
                learned.Scores.Length - given.All,
                given.Answers.Hash,
                why is null ? null : new ReviewNext(why.Star.ToScoredStar(why.Score), PlaceBefore(run, rows[0]), why.ToResource()),
                [.. rows.Select((row, i) => stars[i].ToScoredStar(result.Decision(row)))],
                anyLearned ? Learned : NothingLearned
            ),
            why
        );
    }

    /// <summary>Answers on a star; an answer that it has in the set is replaced.</summary>
    /// <param name="answer">y, n or s</param>
    /// <exception cref="LedgerException">as <see cref="LookAsync"/>; the answer is another one; the run did not analyse the
    /// star</exception>
    public async Task<StarLabel> AnswerAsync(
        Guid runId,
        string? labelSet,
        long starId,
        char answer,
        string? by,
        CancellationToken cancellationToken = default
    )
    {
        var run = await RunAsync(runId, cancellationToken);
        if (run.Prepared.RowOf(starId) < 0)
            throw LedgerException
                .Of(ErrorCode.StarNotAnalysed, $"run {runId} did not analyse a star {starId}", "Answer on the star that is next.")
                .With("run_id", runId)
                .With("star_id", starId);
        var label = new StarLabel
        {
            StarId = starId,
            LabelSet = SetOf(run, labelSet),
            IsAnomaly = answer switch
            {
                ReviewAnswers.Yes => 1,
                ReviewAnswers.No => 0,
                ReviewAnswers.Skip => null,
                _ => throw LedgerException.Invalid(
                    "answer",
                    $"the answer is '{answer}'",
                    "Give y (interesting), n (ordinary) or s (skip)."
                ),
            },
            LabelledBy = by,
        };
        // A label may say more, such as a kind: that stays.
        return (await _labels.SetAsync(label, LabelFields.IsAnomaly, cancellationToken)).Label;
    }

    /// <summary>Gives answers that are by the catalogue's ids.</summary>
    /// <returns>how many</returns>
    /// <exception cref="LedgerException">as <see cref="AnswerAsync"/>; some are on stars that the run did not analyse: none is
    /// given</exception>
    public async Task<int> AnswerAllAsync(
        Guid runId,
        string? labelSet,
        ReviewAnswers answers,
        string? by,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(answers);
        var run = await RunAsync(runId, cancellationToken);
        var known = await AnsweredStars.SourcesAsync(ledger, run.Datasets, answers, cancellationToken);
        var found = known.Where(a => run.Prepared.RowOf(a.Key) >= 0).OrderBy(a => a.Key).ToList();
        AnswerChecks.RequireKnown(runId, answers, [.. answers.BySource.Keys.Except(known.Values)]);
        AnswerChecks.RequireAnalysed(runId, answers, [.. answers.BySource.Keys.Except(found.Select(f => f.Value))]);
        foreach (var (starId, source) in found)
            await AnswerAsync(runId, labelSet, starId, answers.BySource[source], by, cancellationToken);
        return found.Count;
    }

    /// <summary>Takes back the last answer that somebody gave.</summary>
    /// <param name="by">who</param>
    /// <exception cref="LedgerException">as <see cref="LookAsync"/>; they gave none in this set</exception>
    public async Task<ReviewUndone> UndoAsync(Guid runId, string? labelSet, string? by, CancellationToken cancellationToken = default)
    {
        var run = await RunAsync(runId, cancellationToken);
        var set = SetOf(run, labelSet);
        var given = await GivenAsync(run, set, cancellationToken);
        var who = string.IsNullOrWhiteSpace(by) ? null : by.Trim();
        var last =
            given.Labels.FirstOrDefault(l => l.Label.LabelledBy == who)
            ?? throw LedgerException.Of(
                ErrorCode.LabelNotFound,
                $"the set '{set}' has no answer of {(who is null ? "somebody without a name" : $"'{who}'")}",
                "An answer is taken back by who gave it; labels can be changed on the star's page."
            );
        if (last.Label is { Kind: null, Cluster: null, Remark: null })
            await _labels.RemoveAsync(last.Label.StarId, set, by, cancellationToken);
        else
            throw LedgerException.Of(
                ErrorCode.LabelNotFound,
                $"the last label of {who ?? "nobody"} in the set '{set}', on star {last.SourceId}, says more than an answer",
                "Change it on the star's page."
            );
        return new ReviewUndone(last.Label.StarId, last.SourceId);
    }

    /// <summary>The run that keeps the review as it is now: its answers are in its parameters, so that it can be replayed.</summary>
    /// <param name="dataset">another one with stars of the same ids, on which to go on; null = that of the run</param>
    /// <exception cref="LedgerException">as <see cref="LookAsync"/>; nothing was answered; none of it is on a star of that
    /// dataset</exception>
    public async Task<RunRequest> CheckpointAsync(
        Guid runId,
        string? labelSet = null,
        string? dataset = null,
        CancellationToken cancellationToken = default
    )
    {
        var run = await RunAsync(runId, cancellationToken);
        var set = SetOf(run, labelSet);
        var given = await GivenAsync(run, set, cancellationToken);
        if (given.Answers.Text is not { } text)
            throw LedgerException.Invalid("label_set", $"nothing is answered in the set '{set}'", "Answer on some stars first.");
        if (dataset is not null)
            await AnswerChecks.RequireCarriedAsync(ledger, given.Answers, dataset, cancellationToken);
        var parameters = run.Parameters with { Answers = text, AnswersHash = given.Answers.Hash, LabelSet = set };
        return dataset is null
            ? new RunRequest(run.Stored.Run.DatasetId.ToString(CultureInfo.InvariantCulture), run.Stored.Filter, parameters)
            : new RunRequest(dataset, run.Stored.Filter with { AlsoDatasets = null }, parameters);
    }

    public void Dispose() => _preparing.Dispose();

    private static string SetOf(ReviewedRun run, string? asked) =>
        string.IsNullOrWhiteSpace(asked)
            // Ids of version 7 begin with the time: the end is random.
            ? run.Parameters.LabelSet ?? $"review-{run.Stored.Run.RunId.ToString()[^8..]}"
            : asked.Trim();

    private async Task<ReviewedRun> RunAsync(Guid runId, CancellationToken cancellationToken)
    {
        // What is kept may have been deleted since.
        await new RunRepository(ledger).GetAsync(runId, cancellationToken);
        await _preparing.WaitAsync(cancellationToken);
        try
        {
            var at = _kept.FindIndex(r => r.Stored.Run.RunId == runId);
            var run = at >= 0 ? _kept[at] : await PrepareAsync(runId, cancellationToken);
            if (at >= 0)
                _kept.RemoveAt(at);
            _kept.Insert(0, run);
            if (_kept.Count > MostKept)
                _kept.RemoveAt(MostKept);
            return run;
        }
        finally
        {
            _preparing.Release();
        }
    }

    private async Task<ReviewedRun> PrepareAsync(Guid runId, CancellationToken cancellationToken)
    {
        var stored = await ScoredRun.GetAsync(ledger, runId, cancellationToken);
        // Who is next is asked of all stars, and answers are labels of stars in the ledger.
        RunRows.Require(stored.Run);
        if (ReviewedRun.ParametersOf(stored.Parameters) is not { } parameters)
            throw LedgerException.Of(
                ErrorCode.WrongRunType,
                $"run {runId} is by {stored.Run.Algorithm}, which cannot learn from answers",
                "Review a run by isolation_forest, or a checkpoint of another review.",
                "run_id"
            );
        var prepared = await PreparedRun.LoadAsync(
            ledger,
            _selections,
            stored,
            (IExplainable)stored.Parameters.Algorithm,
            MaxThreads,
            cancellationToken
        );
        var carried = parameters.Answers is { } text
            ? await AnsweredStars.FindAsync(ledger, [.. RunDatasets.Ids(stored.Run)], ReviewAnswers.Parse(text), cancellationToken)
            : [];
        return await Task.Run(() => ReviewedRun.Of(stored, prepared, carried, MaxThreads), cancellationToken);
    }

    private async Task<GivenAnswers> GivenAsync(ReviewedRun run, string set, CancellationToken cancellationToken)
    {
        var labels = await _labels.LatestAsync(run.Datasets, set, ReviewAnswers.Most + 1, cancellationToken);
        if (labels.Count > ReviewAnswers.Most)
            throw LedgerException.Invalid(
                "label_set",
                $"the set '{set}' has more than {ReviewAnswers.Most} labels, which is not a review",
                "Choose another set for the answers."
            );
        try
        {
            return new GivenAnswers(run, labels);
        }
        catch (ParameterException e)
        {
            throw LedgerException.Of(ErrorCode.InvalidValue, e.Message, e.Hint, "answers", e);
        }
    }

    private async Task<List<Star>> StarsAsync(ReviewedRun run, List<int> rows, CancellationToken cancellationToken)
    {
        var ids = rows.ConvertAll(run.Prepared.StarAt);
        var stars = (
            await ledger.ReadAsync(context => context.Stars.AsNoTracking().Where(s => ids.Contains(s.StarId)), cancellationToken)
        ).ToDictionary(s => s.StarId);
        return ids.ConvertAll(id =>
            stars.TryGetValue(id, out var star)
                ? star
                : throw PreparedRun.Changed(run.Stored.Run.RunId, $"star {id} is no longer in its selection")
        );
    }

    private static RunExplanation Explain(ReviewedRun run, LearnedForest learned, int row, Star star, AnomalyResult result)
    {
        var explanation = learned.Explainer.Explain(run.Prepared.Features, row);
        return new RunExplanation(
            run.Stored.Run,
            star,
            result.Decision(row),
            result.Offset,
            explanation,
            RunExplainer.Imputed(star, run.Prepared.Recipe, run.Stored.Parameters.Distances, explanation)
        )
        {
            IsOfReview = true,
        };
    }

    /// <summary>The most anomalous rows that were not answered; of equal ones the first.</summary>
    private static List<int> First(double[] scores, GivenAnswers given, int count)
    {
        var first = new SortedSet<(double Score, int Row)>();
        for (var row = 0; row < scores.Length; row++)
        {
            if ((first.Count == count && scores[row] >= first.Max.Score) || given.Has(row))
                continue;
            first.Add((scores[row], row));
            if (first.Count > count)
                first.Remove(first.Max);
        }
        return [.. first.Select(f => f.Row)];
    }

    private static int PlaceBefore(ReviewedRun run, int row)
    {
        var scores = run.Forest.Unlearned;
        return 1 + scores.Where((score, other) => score < scores[row] || (score == scores[row] && other < row)).Count();
    }
}
