using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;

namespace Almagest.Discovery.Clustering;

/// <summary>An algorithm that puts every star into a cluster or into none.</summary>
public abstract class ClusterAlgorithm : Algorithm
{
    /// <summary>The run type.</summary>
    public const string Type = "cluster";

    private protected ClusterAlgorithm(RunParameters defaults)
        : base(defaults) { }

    public sealed override string RunType => Type;

    /// <summary>What to try where it finds no cluster, whole sentences.</summary>
    public virtual string AdviceForNone => "Try other parameters.";

    /// <summary>What to try where one cluster holds most stars, whole sentences.</summary>
    public virtual string AdviceForOne => "Try other parameters.";
}

/// <typeparam name="TParameters">its parameters; a new one has the defaults</typeparam>
/// <inheritdoc cref="ClusterAlgorithm"/>
public abstract class ClusterAlgorithm<TParameters> : ClusterAlgorithm
    where TParameters : RunParameters, new()
{
    protected ClusterAlgorithm()
        : base(new TParameters()) { }

    /// <inheritdoc cref="Algorithm.Run"/>
    public ClusterResult Cluster(FeatureMatrix features, TParameters parameters, AlgorithmContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(features);
        ArgumentNullException.ThrowIfNull(parameters);
        parameters.Validate();
        var found = Group(features, parameters, context ?? new AlgorithmContext());
        return found with { Notes = [.. ClusterNotes.OfFew(features.Rows, found.Notes), .. found.Notes, .. ClusterNotes.Of(found, this)] };
    }

    public sealed override AlgorithmResult Run(FeatureMatrix features, RunParameters parameters, AlgorithmContext context) =>
        Cluster(features, (TParameters)parameters, context);

    /// <summary>Labels every row.</summary>
    /// <param name="parameters">within their ranges</param>
    protected abstract ClusterResult Group(FeatureMatrix features, TParameters parameters, AlgorithmContext context);
}
