using System.Globalization;
using System.Text.Json.Nodes;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Anomaly;

/// <summary>An algorithm that gives every star a score, and flags the share that is asked for.</summary>
public abstract class AnomalyAlgorithm : Algorithm
{
    /// <summary>A score beyond this grows with the logarithm of what it would be: 2, 3 times as much for 10, 100 times as much.</summary>
    public const double Far = 1e5;

    /// <summary>Fewer stars than these have no majority that the others could differ from.</summary>
    public const int Few = 50;

    /// <summary>The run type.</summary>
    public const string Type = "anomaly";

    /// <summary>
    /// A score as it is stored. Where most stars are one point, any other is all but infinitely far from it. The ledger adds scores up in
    /// units of 1e-9: they must stay in reach, in their order.
    /// </summary>
    internal static double InReach(double score) =>
        Math.Abs(score) > Far ? Math.CopySign(Far * (1 + Math.Log10(Math.Abs(score) / Far)), score) : score;

    private protected AnomalyAlgorithm(AnomalyParameters defaults)
        : base(defaults) { }

    /// <summary>What a user should know of the scores of so many stars before believing them; whole sentences.</summary>
    internal abstract IReadOnlyList<string> NotesOf(int rows, RunParameters parameters);

    public sealed override string RunType => Type;

    public override IReadOnlyDictionary<string, JsonNode?> Before { get; } =
        new Dictionary<string, JsonNode?>(RunParameters.Before) { [RunParameters.DrawsName] = 0 };

    /// <summary>The share to flag sets the threshold on the scores, and takes no part in them; of draws it matters whether there are any,
    /// for which the model is kept.</summary>
    public sealed override object WorkOf(RunParameters parameters) =>
        (AnomalyParameters)parameters with
        {
            Contamination = AnomalyParameters.DefaultContamination,
            Draws = Math.Min(1, parameters.Draws),
        };
}

/// <typeparam name="TParameters">its parameters; a new one has the defaults</typeparam>
/// <inheritdoc cref="AnomalyAlgorithm"/>
public abstract class AnomalyAlgorithm<TParameters> : AnomalyAlgorithm
    where TParameters : AnomalyParameters, new()
{
    protected AnomalyAlgorithm()
        : base(new TParameters()) { }

    /// <inheritdoc cref="Algorithm.Run"/>
    public AnomalyResult Detect(FeatureMatrix features, TParameters parameters, AlgorithmContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(parameters);
        parameters.Validate();
        context ??= new AlgorithmContext();
        var (scores, scorer) = context.Memory.Get(features, WorkOf(parameters), () => Fit(features, parameters, context));
        return AnomalyResult.FromScores(scores, parameters.Contamination) with
        {
            Scorer = scorer,
            Notes = [.. Notes(features, parameters)],
        };
    }

    private Fitted Fit(FeatureMatrix features, TParameters parameters, AlgorithmContext context)
    {
        var (scores, scorer) = Score(features, parameters, context);
        return new Fitted(InReach(scores), parameters.Draws > 0 ? scorer : null);
    }

    /// <summary>What a user should know of the scores before believing them; whole sentences.</summary>
    private protected virtual IEnumerable<string> Notes(FeatureMatrix features, TParameters parameters) => Notes(features.Rows, parameters);

    /// <summary>What a user should know of the scores of so many stars before believing them; whole sentences.</summary>
    protected virtual IEnumerable<string> Notes(int rows, TParameters parameters)
    {
        if (rows < Few)
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Only {rows:N0} star{(rows == 1 ? " was" : "s were")} analysed: too few to tell what is usual, and so what is not."
            );
    }

    internal sealed override IReadOnlyList<string> NotesOf(int rows, RunParameters parameters) => [.. Notes(rows, (TParameters)parameters)];

    private static Sequence<double> InReach(Sequence<double> scores)
    {
        for (long first = 0; first < scores.Count; )
        {
            var count = (int)Math.Min(scores.Room.Stretch, scores.Count - first);
            using var stretch = scores.Read(first, count);
            foreach (ref var score in stretch.Span)
                score = InReach(score);
            scores.Write(first, stretch.Span);
            first += count;
        }
        return scores;
    }

    public sealed override AlgorithmResult Run(FeatureMatrix features, RunParameters parameters, AlgorithmContext context) =>
        Detect(features, (TParameters)parameters, context);

    /// <summary>The score of every row, lower = more anomalous, whatever the contamination, and what scores other rows.</summary>
    /// <param name="parameters">within their ranges</param>
    private protected abstract FittedScores Score(FeatureMatrix features, TParameters parameters, AlgorithmContext context);

    private sealed record Fitted(Sequence<double> Scores, IRowScorer? Scorer);
}
