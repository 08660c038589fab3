using Almagest.Catalog.Mapping;
using Almagest.Sky;

namespace Almagest.Catalog.Stars;

/// <summary>How large, either way, a field of any star known is at most.</summary>
internal static class MostOfStars
{
    /// <summary>In the unit of the field; null where that is not looked at.</summary>
    public static double? Of(string field) =>
        field switch
        {
            StarField.ParallaxMas => KnownStars.MostParallaxMas,
            StarField.PmraMasYr or StarField.PmdecMasYr => KnownStars.MostMotionMasYr,
            StarField.RadialVelocityKmS => KnownStars.MostRadialVelocityKmS,
            _ => null,
        };
}
