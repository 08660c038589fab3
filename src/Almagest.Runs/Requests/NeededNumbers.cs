using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Discovery.Redraws;

namespace Almagest.Runs.Requests;

/// <summary>What a run loads of its stars beside the usual columns.</summary>
internal static class NeededNumbers
{
    /// <summary>The recipe that the parameters name.</summary>
    /// <exception cref="InvalidOperationException">they name none: a request gets its recipe before it is analysed</exception>
    public static FeatureRecipe Recipe(RunParameters parameters) =>
        FeatureRecipes.Get(parameters.Features ?? throw new InvalidOperationException("the parameters name no recipe"));

    /// <summary>What its features use, or its algorithm beside them.</summary>
    public static string[] Of(RunParameters parameters) =>
        [.. Recipe(parameters).Further.Concat(parameters.Algorithm.Beside(parameters)).Distinct()];

    /// <summary>The same with what its draws use.</summary>
    public static string[] WithDraws(RunParameters parameters) =>
        parameters.Draws == 0 ? Of(parameters) : [.. Of(parameters).Concat(StarDraws.ErrorNames(Recipe(parameters))).Distinct()];
}
