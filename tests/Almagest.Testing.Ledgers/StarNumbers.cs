using System.Globalization;

namespace Almagest.Testing.Ledgers;

/// <summary>
/// SQL of numbers that look random and are always the same of one star, so that each machine of a distributed ledger computes those of
/// its own stars: Citus refuses <c>random()</c> in a change of a distributed table.
/// </summary>
public static class StarNumbers
{
    /// <summary>From 0 to 1, without 1.</summary>
    /// <param name="which">another number of the same star</param>
    public static string Uniform(int which) =>
        string.Create(CultureInfo.InvariantCulture, $"((hashint8extended(star_id, {which}) & 1073741823) / 1073741824::float8)");

    /// <summary>Gives all stars magnitudes, colours, parallaxes and motions, with gaps.</summary>
    public static string FillAll =>
        $"""
            update stars set magnitude = 10 + 8 * {Uniform(1)}, color = case when {Uniform(2)} > 0.2 then 3 * {Uniform(3)} end,
              parallax_mas = case when {Uniform(4)} > 0.1 then 6 * {Uniform(5)} - 1 end, parallax_error_mas = 0.05 + 0.1 * {Uniform(6)},
              pmra_mas_yr = 20 * {Uniform(7)} - 10, pmdec_mas_yr = case when {Uniform(8)} > 0.02 then 20 * {Uniform(9)} - 10 end,
              pmra_error = 0.2, pmdec_error = 0.3 * {Uniform(10)}
            """;
}
