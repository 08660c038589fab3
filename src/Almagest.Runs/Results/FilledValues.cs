using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Ledger.Model;
using Almagest.Runs.Requests;

namespace Almagest.Runs.Results;

/// <summary>Which catalogue columns of a star a run has filled with the median of the others.</summary>
/// <param name="recipe">of the run</param>
/// <param name="distances">what it takes for a distance</param>
public sealed class FilledValues(FeatureRecipe recipe, DistanceRule distances)
{
    /// <summary>What a parallax is called that is no distance.</summary>
    private const string Distance = "distance";

    /// <summary>Null where the run fills nothing, or where this program cannot read what it does.</summary>
    public static FilledValues? Of(DiscoveryRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        try
        {
            return Of(ParameterReader.ReadStored(run));
        }
        catch (Exception e) when (e is Contract.Errors.LedgerException or Discovery.DiscoveryException)
        {
            return null;
        }
    }

    /// <summary>Null where the run fills nothing.</summary>
    public static FilledValues? Of(RunParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return parameters.Missing == RunParameters.Impute && parameters.Features is { } recipe
            ? new FilledValues(FeatureRecipes.Get(recipe), parameters.Distances)
            : null;
    }

    /// <summary>Names of the filled columns; a parallax that is no distance is called so where a feature needs one.</summary>
    /// <param name="value">the star's value of a column; null = none</param>
    /// <param name="parallaxError">mas</param>
    public IReadOnlyList<string> In(Func<StarColumn, double?> value, double? parallaxError)
    {
        ArgumentNullException.ThrowIfNull(value);
        var filled = new List<string>();
        foreach (var column in recipe.Needs.Where(c => c is not (StarColumn.Ra or StarColumn.Dec)))
        {
            var known = value(column) ?? double.NaN;
            if (!(Math.Abs(known) <= FeaturePipeline.MaxMagnitude))
                filled.Add(column.ColumnName());
            else if (column == StarColumn.Parallax && recipe.UsesDistance && !distances.Holds(known, parallaxError ?? double.NaN))
                filled.Add(Distance);
        }
        return filled;
    }

    /// <inheritdoc cref="In(Func{StarColumn, double?}, double?)"/>
    public IReadOnlyList<string> In(Star star)
    {
        ArgumentNullException.ThrowIfNull(star);
        return In(column => Value(star, column), star.ParallaxErrorMas);
    }

    /// <inheritdoc cref="In(Func{StarColumn, double?}, double?)"/>
    /// <param name="velocity">the star's radial velocity, which results do not have</param>
    internal IReadOnlyList<string> In(StarResult star, double? velocity) =>
        In(
            column =>
                column switch
                {
                    StarColumn.Parallax => star.ParallaxMas,
                    StarColumn.Pmra => star.PmraMasYr,
                    StarColumn.Pmdec => star.PmdecMasYr,
                    StarColumn.Magnitude => star.Magnitude,
                    StarColumn.Color => star.Color,
                    StarColumn.RadialVelocity => velocity,
                    _ => 0,
                },
            star.ParallaxErrorMas
        );

    /// <summary>The star's value of a column that a feature can need.</summary>
    internal static double? Value(Star star, StarColumn column) =>
        column switch
        {
            StarColumn.Parallax => star.ParallaxMas,
            StarColumn.Pmra => star.PmraMasYr,
            StarColumn.Pmdec => star.PmdecMasYr,
            StarColumn.Magnitude => star.Magnitude,
            StarColumn.Color => star.Color,
            StarColumn.RadialVelocity => star.RadialVelocityKmS,
            _ => 0,
        };
}
