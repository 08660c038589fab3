using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;

namespace Almagest.Runs.Requests;

/// <summary>Gives every request a recipe with its version, so that the stored run can be repeated.</summary>
internal sealed class RecipeResolver(LedgerDatabase ledger)
{
    private readonly SelectionLoader _selections = new(ledger);

    /// <returns>the parameters with <c>name@version</c>; why, where the request names no recipe</returns>
    public async Task<(RunParameters Parameters, RecipeChoice? Choice)> ResolveAsync(
        long datasetId,
        StarFilter filter,
        RunParameters parameters,
        CancellationToken cancellationToken
    )
    {
        if (parameters.Features is { } named)
            return (parameters with { Features = FeatureRecipes.Get(named).Reference }, null);
        var coverage = await _selections.CoverageAsync(datasetId, filter, parameters.Distances, cancellationToken);
        var impute = parameters.Missing == RunParameters.Impute;
        var choice =
            parameters.Algorithm.RunType == RunTypes.Anomaly
                ? RecipeChoice.ForAnomalies(coverage, impute)
                : RecipeChoice.ForClusters(coverage, impute);
        return (parameters with { Features = choice.Recipe.Reference }, choice);
    }
}
