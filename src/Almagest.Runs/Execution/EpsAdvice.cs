using Almagest.Contract.Errors;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Discovery.Features;
using Almagest.Ledger.Selections;

namespace Almagest.Runs.Execution;

/// <summary>What helps to choose DBSCAN's eps for a selection.</summary>
/// <param name="Choice">why this recipe was taken; null where it was named</param>
/// <param name="TotalStars">stars of the selection</param>
/// <param name="Candidates">what DBSCAN would find at several values, ascending; empty where no eps suggests itself</param>
public sealed record EpsAdvice(
    FeatureRecipe Recipe,
    RecipeChoice? Choice,
    int TotalStars,
    KDistance Curve,
    IReadOnlyList<EpsCandidate> Candidates
)
{
    internal static EpsAdvice Of(
        StarColumns stars,
        StarFilter filter,
        FeatureRecipe recipe,
        RecipeChoice? choice,
        int k,
        int maxThreads,
        CancellationToken cancellationToken
    )
    {
        if (stars.Count < k)
            throw LedgerException.Of(
                ErrorCode.SelectionTooSmall,
                $"the selection ({filter.Describe()}) holds {stars.Count} stars, fewer than min_samples {k}",
                "Widen the filter, or lower min_samples.",
                "min_samples"
            );
        try
        {
            var matrix = FeaturePipeline.Prepare(stars, recipe, new FeatureOptions { MaxThreads = maxThreads }, cancellationToken).Matrix;
            var curve = KDistance.Compute(matrix, k, maxThreads: maxThreads, cancellationToken: cancellationToken);
            return new EpsAdvice(recipe, choice, stars.Count, curve, EpsCandidate.Around(matrix, curve, maxThreads, cancellationToken));
        }
        catch (Almagest.Discovery.DiscoveryException e)
        {
            throw LedgerException.Of(ErrorCode.InvalidValue, e.Message, field: "parameters", inner: e);
        }
    }
}
