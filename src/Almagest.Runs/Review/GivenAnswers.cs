using Almagest.Discovery.Anomaly.ActiveForest;
using Almagest.Ledger.Annotations;

namespace Almagest.Runs.Review;

/// <summary>The answers of a review as they are now: those that its run was made with, and the labels of its set, which count where both
/// say something of a star.</summary>
internal sealed class GivenAnswers
{
    private readonly ReviewedRun _run;
    private readonly Dictionary<int, char> _byRow = [];

    /// <param name="labels">of the set, the last given first; those on stars that the run did not analyse are passed over</param>
    public GivenAnswers(ReviewedRun run, IReadOnlyList<LabelledStar> labels)
    {
        _run = run;
        Labels = [.. labels.Where(l => run.Prepared.RowOf(l.Label.StarId) >= 0)];
        foreach (var (starId, answer) in run.Carried)
            if (run.Prepared.RowOf(starId) is >= 0 and var row)
                _byRow[row] = answer;
        foreach (var label in Labels)
            _byRow[run.Prepared.RowOf(label.Label.StarId)] = Of(label.Label.IsAnomaly);
        Answers = ReviewAnswers.Of([
            .. ReviewAnswers.Parse(run.Parameters.Answers).BySource.Select(a => (a.Key, a.Value)),
            .. Labels.Select(l => (l.SourceId, Of(l.Label.IsAnomaly))),
        ]);
    }

    /// <summary>On stars of the run.</summary>
    public IReadOnlyList<LabelledStar> Labels { get; }

    /// <summary>By the catalogue's ids, with those on stars that are not in this dataset.</summary>
    public ReviewAnswers Answers { get; }

    public int Count(char answer) => _byRow.Values.Count(a => a == answer);

    public int All => _byRow.Count;

    public bool Has(int row) => _byRow.ContainsKey(row);

    public LearnedForest Learned(CancellationToken cancellationToken) =>
        _run.Learned(
            Answers.Hash,
            _byRow.Where(a => a.Value != ReviewAnswers.Skip).ToDictionary(a => a.Key, a => a.Value == ReviewAnswers.Yes),
            cancellationToken
        );

    private static char Of(int? isAnomaly) =>
        isAnomaly switch
        {
            1 => ReviewAnswers.Yes,
            0 => ReviewAnswers.No,
            _ => ReviewAnswers.Skip,
        };
}
