namespace Almagest.Adql.Sql;

/// <summary>A function beyond ADQL's own, as a service declares it.</summary>
/// <param name="Form">its signature, in the words of TAPRegExt 1.0, 2.2.2</param>
/// <param name="Description">for whoever wants to use it</param>
public sealed record UserFunction(string Form, string Description);

/// <summary>
/// Functions of the IVOA's Catalogue of ADQL User Defined Functions (Endorsed Note 1.1, and what its next version adds), of the Gaia
/// archive, and of statistics.
/// </summary>
public static class UserFunctions
{
    public static IReadOnlyList<UserFunction> All { get; } =
    [
        new(
            "ivo_healpix_index(hpxOrder INTEGER, lon DOUBLE, lat DOUBLE) -> BIGINT",
            "The nested HEALPix cell of a position, at an order of 0 to 29."
        ),
        new("ivo_healpix_index(hpxOrder INTEGER, p POINT) -> BIGINT", "The nested HEALPix cell of a point, at an order of 0 to 29."),
        new("ivo_healpix_center(hpxOrder INTEGER, hpxIndex BIGINT) -> POINT", "The centre of a nested HEALPix cell."),
        new(
            "gaia_healpix_index(hpxOrder INTEGER, source_id BIGINT) -> BIGINT",
            "The nested HEALPix cell, at an order of 0 to 12, that a source_id of Gaia begins with."
        ),
        new(
            "ivo_epoch_prop(ra DOUBLE, dec DOUBLE, parallax DOUBLE, pmra DOUBLE, pmdec DOUBLE, radial_velocity DOUBLE, ref_epoch DOUBLE, "
                + "out_epoch DOUBLE) -> DOUBLE[]",
            "Position (degrees), parallax (mas), proper motion (mas/yr) and radial velocity (km/s) of a star at another epoch (Julian "
                + "years); straight motion through space. NULL in the last four of the star's values counts as none."
        ),
        new(
            "ivo_epoch_prop_pos(ra DOUBLE, dec DOUBLE, parallax DOUBLE, pmra DOUBLE, pmdec DOUBLE, radial_velocity DOUBLE, "
                + "ref_epoch DOUBLE, out_epoch DOUBLE) -> POINT",
            "The position of a star at another epoch; as ivo_epoch_prop."
        ),
        Motion("epoch_prop"),
        Motion("esdc_epoch_prop"),
        Position("epoch_prop_pos"),
        Position("esdc_epoch_prop_pos"),
        new("array_element(a DOUBLE[], i INTEGER) -> DOUBLE", "The i-th number of an array, from 1; NULL where it has none."),
        new(
            "moc(coverage VARCHAR) -> GEOMETRY",
            "The region of a coverage in its ASCII form, for CONTAINS and INTERSECTS with positions, and AREA: MOC('3/5-7,12 4/200')."
        ),
        new("greatest(a DOUBLE, b DOUBLE) -> DOUBLE", "The greatest of two numbers, or of up to 100; NULL counts only where all are."),
        new("least(a DOUBLE, b DOUBLE) -> DOUBLE", "The least of two numbers, or of up to 100; NULL counts only where all are."),
        new("sign(val DOUBLE) -> DOUBLE", "-1, 0 or 1, as the number's sign."),
        new(
            "ivo_geom_transform(from_sys VARCHAR, to_sys VARCHAR, geo GEOMETRY) -> GEOMETRY",
            "A geometry turned from one system of coordinates into another: ICRS, FK5, FK4, GALACTIC."
        ),
        new(
            "ivo_interval_overlaps(a1 DOUBLE, b1 DOUBLE, a2 DOUBLE, b2 DOUBLE) -> INTEGER",
            "1 where two intervals share a number, else 0."
        ),
        new("ivo_nocasematch(value VARCHAR, pattern VARCHAR) -> INTEGER", "1 where the value is like the pattern in any case, else 0."),
        new(
            "ivo_hasword(haystack VARCHAR, needle VARCHAR) -> INTEGER",
            "1 where a text has all words of another, but for their endings, else 0."
        ),
        new("ivo_hashlist_has(hashlist VARCHAR, item VARCHAR) -> INTEGER", "1 where a list with # between its words has a word, else 0."),
        new("ivo_string_agg(expression VARCHAR, delimiter VARCHAR) -> VARCHAR", "An aggregate: all texts with the delimiter between them."),
        new(
            "ivo_histogram(val DOUBLE, lower DOUBLE, upper DOUBLE, nbins INTEGER) -> DOUBLE[]",
            "An aggregate: how many values lie below the lower limit (or are NULL), in each bin, and from the upper limit on."
        ),
        new("ivo_to_jd(d TIMESTAMP) -> DOUBLE", "The Julian date of a time."),
        new("ivo_to_mjd(d TIMESTAMP) -> DOUBLE", "The modified Julian date of a time."),
        new("ivo_normal_random(mu DOUBLE, sigma DOUBLE) -> DOUBLE", "A random number of a normal distribution."),
        new("median(val DOUBLE) -> DOUBLE", "An aggregate: the median."),
        new("stddev(val DOUBLE) -> DOUBLE", "An aggregate: the standard deviation of a sample; also stddev_samp."),
        new("stddev_samp(val DOUBLE) -> DOUBLE", "An aggregate: the standard deviation of a sample."),
        new("stddev_pop(val DOUBLE) -> DOUBLE", "An aggregate: the standard deviation of a population."),
        new("variance(val DOUBLE) -> DOUBLE", "An aggregate: the variance of a sample; also var_samp."),
        new("var_samp(val DOUBLE) -> DOUBLE", "An aggregate: the variance of a sample."),
        new("var_pop(val DOUBLE) -> DOUBLE", "An aggregate: the variance of a population."),
    ];

    // As the Gaia archive names and answers it.
    private static UserFunction Motion(string name) =>
        new(
            $"{name}(ra DOUBLE, dec DOUBLE, parallax DOUBLE, pmra DOUBLE, pmdec DOUBLE, radial_velocity DOUBLE, "
                + "ref_epoch DOUBLE, out_epoch DOUBLE) -> DOUBLE[]",
            "As ivo_epoch_prop, but for the last value, which is the radial motion as the Gaia archive answers it: radial velocity times "
                + "parallax over 4.7405, mas/yr; 0 without a parallax above 0."
        );

    // As the Gaia archive names it.
    private static UserFunction Position(string name) =>
        new(
            $"{name}(ra DOUBLE, dec DOUBLE, parallax DOUBLE, pmra DOUBLE, pmdec DOUBLE, radial_velocity DOUBLE, "
                + "ref_epoch DOUBLE, out_epoch DOUBLE) -> POINT",
            "ivo_epoch_prop_pos under a name that the Gaia archive has for it."
        );

    internal static IEnumerable<string> Names =>
        All.Select(f => f.Form[..f.Form.IndexOf('(', StringComparison.Ordinal)].ToUpperInvariant()).Distinct();
}
