using Almagest.Catalog.Mapping;

namespace Almagest.Catalog.Stars;

/// <summary>
/// Errors and correlations of a position that is carried to another epoch: to first order, position(t) = position + t × proper motion,
/// and the covariance of the five parameters follows. A correlation that the catalogue does not give counts as 0 in an error, and stays
/// unknown itself.
/// </summary>
internal sealed class CarriedErrors(IReadOnlyList<double[]?> further)
{
    private readonly double[]? _ra = Of(further, StarField.RaError),
        _dec = Of(further, StarField.DecError),
        _pmra = Of(further, StarField.PmraError),
        _pmdec = Of(further, StarField.PmdecError),
        _raDec = Of(further, StarField.RaDecCorr),
        _raParallax = Of(further, StarField.RaParallaxCorr),
        _raPmra = Of(further, StarField.RaPmraCorr),
        _raPmdec = Of(further, StarField.RaPmdecCorr),
        _decParallax = Of(further, StarField.DecParallaxCorr),
        _decPmra = Of(further, StarField.DecPmraCorr),
        _decPmdec = Of(further, StarField.DecPmdecCorr),
        _parallaxPmra = Of(further, StarField.ParallaxPmraCorr),
        _parallaxPmdec = Of(further, StarField.ParallaxPmdecCorr),
        _pmraPmdec = Of(further, StarField.PmraPmdecCorr);

    /// <summary>The fields that change.</summary>
    public static bool Touches(string field) =>
        field is StarField.RaError or StarField.DecError
        || (
            field.EndsWith("_corr", StringComparison.Ordinal)
            && (field.StartsWith("ra_", StringComparison.Ordinal) || field.StartsWith("dec_", StringComparison.Ordinal))
        );

    public void Carry(int i, double years)
    {
        double ra = At(_ra, i),
            dec = At(_dec, i),
            pmra = years * At(_pmra, i),
            pmdec = years * At(_pmdec, i);
        double newRa = Length(ra, pmra, At(_raPmra, i)),
            newDec = Length(dec, pmdec, At(_decPmdec, i));
        Set(
            _raDec,
            i,
            (At(_raDec, i) * ra * dec + At(_raPmdec, i) * ra * pmdec + At(_decPmra, i) * dec * pmra + At(_pmraPmdec, i) * pmra * pmdec)
                / (newRa * newDec)
        );
        Set(_raParallax, i, (At(_raParallax, i) * ra + At(_parallaxPmra, i) * pmra) / newRa);
        Set(_raPmdec, i, (At(_raPmdec, i) * ra + At(_pmraPmdec, i) * pmra) / newRa);
        Set(_raPmra, i, (At(_raPmra, i) * ra + pmra) / newRa);
        Set(_decParallax, i, (At(_decParallax, i) * dec + At(_parallaxPmdec, i) * pmdec) / newDec);
        Set(_decPmra, i, (At(_decPmra, i) * dec + At(_pmraPmdec, i) * pmdec) / newDec);
        Set(_decPmdec, i, (At(_decPmdec, i) * dec + pmdec) / newDec);
        Set(_ra, i, newRa);
        Set(_dec, i, newDec);
    }

    private static double Length(double a, double b, double correlation) =>
        Math.Sqrt(a * a + b * b + 2 * (double.IsNaN(correlation) ? 0 : correlation) * a * b);

    private static double[]? Of(IReadOnlyList<double[]?> further, string field) => further[FurtherField.IndexOf(field)];

    private static double At(double[]? values, int i) => values is null ? double.NaN : values[i];

    private static void Set(double[]? values, int i, double value)
    {
        if (values is not null)
            values[i] = double.IsFinite(value) ? value : double.NaN;
    }
}
