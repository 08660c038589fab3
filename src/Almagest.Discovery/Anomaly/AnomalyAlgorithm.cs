using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Anomaly;

/// <summary>An algorithm that gives every star a score, and flags the share that is asked for.</summary>
public abstract class AnomalyAlgorithm : Algorithm
{
    /// <summary>The run type.</summary>
    public const string Type = "anomaly";

    private protected AnomalyAlgorithm(AnomalyParameters defaults)
        : base(defaults) { }

    public sealed override string RunType => Type;

    /// <summary>The share to flag sets the threshold on the scores, and takes no part in them.</summary>
    public sealed override object WorkOf(RunParameters parameters) =>
        (AnomalyParameters)parameters with
        {
            Contamination = AnomalyParameters.DefaultContamination,
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
        var scores = context.Memory.Get(features, WorkOf(parameters), () => Score(features, parameters, context));
        return AnomalyResult.FromScores(scores, parameters.Contamination);
    }

    public sealed override AlgorithmResult Run(FeatureMatrix features, RunParameters parameters, AlgorithmContext context) =>
        Detect(features, (TParameters)parameters, context);

    /// <summary>The score of every row, lower = more anomalous, whatever the contamination.</summary>
    /// <param name="parameters">within their ranges</param>
    protected abstract double[] Score(FeatureMatrix features, TParameters parameters, AlgorithmContext context);
}
