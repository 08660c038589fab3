using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Features;
using Almagest.Ledger.Selections;

namespace Almagest.Runs.Execution;

/// <summary>What helps to choose DBSCAN's eps for a selection.</summary>
/// <param name="Choice">why this recipe was taken; null where it was named</param>
/// <param name="TotalStars">stars measured: those of the selection that have every feature</param>
/// <param name="Excluded">the others, by reason</param>
/// <param name="Candidates">what DBSCAN would find at several values, ascending; empty where no eps suggests itself</param>
public sealed record EpsAdvice(
    FeatureRecipe Recipe,
    RecipeChoice? Choice,
    int TotalStars,
    IReadOnlyList<ExcludedCount> Excluded,
    KDistance Curve,
    IReadOnlyList<EpsCandidate> Candidates
)
{
    internal static EpsAdvice Of(
        StarColumns stars,
        StarFilter filter,
        RunParameters parameters,
        RecipeChoice? choice,
        int k,
        int maxThreads,
        CancellationToken cancellationToken
    )
    {
        var recipe = StarAnalysis.Recipe(parameters);
        try
        {
            var features = FeaturePipeline.Prepare(stars, recipe, StarAnalysis.Options(parameters, maxThreads), cancellationToken);
            if (features.Stars.Count < k)
                throw LedgerException.Of(
                    ErrorCode.SelectionTooSmall,
                    $"of the selection ({filter.Describe()}) {features.Stars.Count} stars can be analysed, fewer than min_samples {k}",
                    "Widen the filter, or lower min_samples.",
                    "min_samples"
                );
            var matrix = features.Matrix;
            var curve = KDistance.Compute(matrix, k, maxThreads: maxThreads, cancellationToken: cancellationToken);
            return new EpsAdvice(
                recipe,
                choice,
                features.Stars.Count,
                [.. features.Excluded.Select(e => new ExcludedCount(e.Reason, e.Count))],
                curve,
                EpsCandidate.Around(matrix, curve, maxThreads, cancellationToken)
            );
        }
        catch (TooFewStarsException e)
        {
            throw StarAnalysis.TooFew(e);
        }
        catch (Almagest.Discovery.DiscoveryException e)
        {
            throw LedgerException.Of(ErrorCode.InvalidValue, e.Message, field: "parameters", inner: e);
        }
    }
}
