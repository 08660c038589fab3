using System.Globalization;
using Almagest.Discovery.Features;

namespace Almagest.Ledger.Selections;

/// <summary>Which stars have what a recipe needs, as conditions over <c>stars</c>: as <see cref="CompleteStars"/> has it.</summary>
internal static class FeatureSql
{
    /// <summary>The columns that a feature can need, by their names in the table. Positions are never missing.</summary>
    public static IReadOnlyDictionary<StarColumn, string> Columns { get; } =
        new Dictionary<StarColumn, string>
        {
            [StarColumn.Parallax] = "parallax_mas",
            [StarColumn.Pmra] = "pmra_mas_yr",
            [StarColumn.Pmdec] = "pmdec_mas_yr",
            [StarColumn.Magnitude] = "magnitude",
            [StarColumn.Color] = "color",
            [StarColumn.RadialVelocity] = "radial_velocity_km_s",
        };

    /// <summary>The star has the error of its parallax.</summary>
    // PostgreSQL takes NaN for larger than any number: two bounds keep it out.
    public static string HasParallaxError { get; } =
        $"parallax_error_mas >= {Number(DistanceRule.LeastErrorMas)} and parallax_error_mas <= 'Infinity'";

    /// <summary>The star has the column; infinities and fill values are gaps.</summary>
    public static string Has(StarColumn column) => $"abs({Columns[column]}) <= {Number(FeaturePipeline.MaxMagnitude)}";

    /// <summary>The star has a distance.</summary>
    public static string HasDistance(DistanceRule rule)
    {
        var precise = rule.MinParallaxOverError is { } least
            ? $"""
                case when {HasParallaxError}
                     then case when parallax_error_mas <= {Number(FeaturePipeline.MaxMagnitude)}
                               then parallax_mas / parallax_error_mas >= {Number(least)} else false end
                     else {(rule.WithoutErrors ? "true" : "false")} end
                """
            : "true";
        // In this order, so that nothing is divided that would overflow.
        return $"""
            case when {Has(StarColumn.Parallax)} and parallax_mas >= {Number(DistanceRule.MinParallaxMas)} then {precise} else false end
            """;
    }

    /// <summary>The star has every feature of the recipe.</summary>
    public static string HasAll(FeatureRecipe recipe, DistanceRule rule)
    {
        var conditions = recipe
            .Features.SelectMany(f => f.Needs, (f, column) => (f.UsesDistance, Column: column))
            .Where(need => Columns.ContainsKey(need.Column))
            .Select(need => need.UsesDistance && need.Column == StarColumn.Parallax ? HasDistance(rule) : Has(need.Column))
            .Distinct();
        return string.Join(" and ", conditions.Prepend("true"));
    }

    private static string Number(double value) => $"'{value.ToString("R", CultureInfo.InvariantCulture)}'::double precision";
}
