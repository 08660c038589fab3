using System.Globalization;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly.ActiveForest;

/// <summary>
/// An isolation forest whose leaves are reweighted by answers on some of the stars: how a review is kept as a run. Without answers its
/// scores are those of <c>isolation_forest</c>, to the last bit.
/// </summary>
internal sealed class ActiveForestAlgorithm : AnomalyAlgorithm<ActiveForestParameters>, IExplainable
{
    private ActiveForestAlgorithm() { }

    public static ActiveForestAlgorithm Instance { get; } = new();

    public static ScoreMeasure Measure { get; } =
        new(
            "reweighted_path_length",
            "path length after the answers",
            "splits",
            "on the average of the stars that the trees were grown on",
            true
        );

    public override string Name => ActiveForestParameters.Name;

    public override string Title => "isolation forest reweighted by answers";

    public override string Finds => "stars like those that a review called interesting, and unlike those that it called ordinary";

    public override string Reference =>
        "after Das et al. 2016, Incorporating Expert Feedback into Active Anomaly Discovery, IEEE ICDM, 853, and Das et al. 2020, "
        + "Discovering Anomalies by Incorporating Feedback from an Expert, ACM TKDD 14, 49";

    /// <summary>It is made by a review, not chosen from a list.</summary>
    public override bool IsOffered => false;

    public IAnomalyExplainer Fit(FeatureMatrix features, RunParameters parameters, AlgorithmContext context)
    {
        ArgumentNullException.ThrowIfNull(features);
        var asked = (ActiveForestParameters)parameters;
        return ActiveForest.Grow(features, asked, context).Explain(Answers(features, asked));
    }

    private protected override FittedScores Score(FeatureMatrix features, ActiveForestParameters parameters, AlgorithmContext context)
    {
        var model = ActiveForest.Grow(features, parameters, context).Model(Answers(features, parameters));
        return new FittedScores(model.ScoreSamples(features, context.Progress, context.CancellationToken), model);
    }

    private protected override IEnumerable<string> Notes(FeatureMatrix features, ActiveForestParameters parameters)
    {
        foreach (var note in base.Notes(features, parameters))
            yield return note;
        if (ReviewAnswers.Parse(parameters.Answers) is { BySource.Count: > 0 } said)
            yield return Learned(said, Said(features, parameters));
    }

    private static string Learned(ReviewAnswers said, double[] onRows)
    {
        // The same star may be in two datasets of one selection: what counts are the answers.
        var here = onRows.Where(a => !double.IsNaN(a)).Distinct().ToList();
        var (interesting, ordinary) = (here.Count(a => a > 0), here.Count(a => a < 0));
        var asked = said.Interesting + said.Ordinary;
        if (asked == 0)
            return $"{Stars(said.Skipped)} skipped and none was called interesting or ordinary: nothing was learned, and the scores are "
                + "those of the isolation forest.";
        if (here.Count == 0)
            return $"{Stars(asked)} called interesting or ordinary, and none of them is among those analysed: nothing was learned, and "
                + "the scores are those of the isolation forest.";
        var lacking = asked - here.Count;
        var order = (interesting, ordinary) switch
        {
            (_, 0) => "what is like the former comes first in its order",
            (0, _) => "what is like the latter comes last in its order",
            _ => "what is like the former comes first in its order, what is like the latter last",
        };
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Its leaves are reweighted by answers: of the stars analysed, {interesting:N0} had been called interesting and {ordinary:N0} "
                + $"ordinary{(lacking == 0 ? "" : $" ({Stars(lacking)} answered, too, and not analysed)")}; {order}. What nobody was asked "
                + $"about is judged by the isolation forest alone, and what flags share with the answers is no evidence for them."
        );
    }

    private static string Stars(int count) =>
        string.Create(CultureInfo.InvariantCulture, $"{count:N0} {(count == 1 ? "star was" : "stars were")}");

    /// <summary>The answers by row; those that were skipped teach nothing.</summary>
    private static Dictionary<int, bool> Answers(FeatureMatrix features, ActiveForestParameters parameters)
    {
        var answers = new Dictionary<int, bool>();
        if (parameters.Answers is null)
            return answers;
        var said = Said(features, parameters);
        for (var row = 0; row < said.Length; row++)
            if (!double.IsNaN(said[row]))
                answers.Add(row, said[row] > 0);
        return answers;
    }

    private static double[] Said(FeatureMatrix features, ActiveForestParameters parameters) =>
        parameters.Answers is null ? []
        : features.Beside.TryGetValue(StarColumns.AnswerName, out var said) ? said
        : throw new InvalidOperationException("the stars were loaded without the answers on them");
}
