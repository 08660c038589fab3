using Almagest.Catalog.Mapping;

namespace Almagest.Catalog.Stars;

/// <summary>Which columns of a file are kept beside the fields of a star although a field is one of them: those whose value in the file is
/// not the field's in another unit.</summary>
public static class KeptBeside
{
    private static readonly string[] s_moved =
    [
        StarField.RaDeg,
        StarField.DecDeg,
        StarField.PmraMasYr,
        StarField.PmdecMasYr,
        StarField.ParallaxMas,
        StarField.RadialVelocityKmS,
    ];

    /// <param name="field">a field that is one column</param>
    /// <param name="turned">positions were brought to ICRS from another system</param>
    /// <param name="carried">they were carried to another epoch</param>
    /// <param name="wrapped">right ascensions ran from -180 to 180 degrees</param>
    public static bool Is(string field, bool turned, bool carried, bool wrapped) =>
        field == StarField.Epoch
        || (wrapped && field == StarField.RaDeg)
        || (carried && (s_moved.Contains(field) || CarriedErrors.Touches(field)))
        || (turned && s_moved.Contains(field) && field is not (StarField.ParallaxMas or StarField.RadialVelocityKmS));
}
