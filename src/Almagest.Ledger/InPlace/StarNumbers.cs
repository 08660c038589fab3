using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;

namespace Almagest.Ledger.InPlace;

/// <summary>The numbers of the stars of a batch, by the names of the table's columns.</summary>
internal static class StarNumbers
{
    /// <summary>The values of a column, NaN = missing; null where the catalogue has no such column.</summary>
    /// <exception cref="ArgumentException">stars have no column of numbers of that name</exception>
    public static double[]? Of(StarBatch batch, string column)
    {
        return column switch
        {
            StarField.RaDeg => batch.RaDeg,
            StarField.DecDeg => batch.DecDeg,
            StarField.ParallaxMas => batch.ParallaxMas,
            StarField.ParallaxErrorMas => batch.ParallaxErrorMas,
            StarField.PmraMasYr => batch.PmraMasYr,
            StarField.PmdecMasYr => batch.PmdecMasYr,
            StarField.Magnitude => batch.Magnitude,
            StarField.Color => batch.Color,
            StarField.RadialVelocityKmS => batch.RadialVelocityKmS,
            StarField.Ruwe => batch.Ruwe,
            _ => FurtherField.IndexOf(column) is >= 0 and var further
                ? batch.Further[further]
                : throw new ArgumentException($"stars have no column of numbers '{column}'", nameof(column)),
        };
    }
}
