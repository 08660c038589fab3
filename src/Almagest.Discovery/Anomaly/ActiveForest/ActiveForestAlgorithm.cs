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
            "path length as reweighted by the answers",
            "splits",
            "of a star drawn from what the trees were grown on",
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
        var said = ReviewAnswers.Parse(parameters.Answers);
        if (said.BySource.Count == 0)
            yield break;
        var here = Answers(features, parameters);
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"Its leaves are reweighted by {here.Count(a => a.Value):N0} stars called interesting and {here.Count(a => !a.Value):N0} "
                + $"called ordinary, of the {said.Interesting:N0} and {said.Ordinary:N0} that were answered; the others are "
                + $"not among the stars "
                + $"analysed. Its order says what is like the stars of the first kind and unlike the others: what nobody was asked about "
                + $"is judged by the isolation forest alone, and what flags share with the answers is no evidence for them."
        );
    }

    /// <summary>The answers by row; those that were skipped teach nothing.</summary>
    private static Dictionary<int, bool> Answers(FeatureMatrix features, ActiveForestParameters parameters)
    {
        var answers = new Dictionary<int, bool>();
        if (parameters.Answers is null)
            return answers;
        if (!features.Beside.TryGetValue(StarColumns.AnswerName, out var said))
            throw new InvalidOperationException("the stars were loaded without the answers on them");
        for (var row = 0; row < said.Length; row++)
            if (!double.IsNaN(said[row]))
                answers.Add(row, said[row] > 0);
        return answers;
    }
}
