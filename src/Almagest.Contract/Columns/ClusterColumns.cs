using static Almagest.Contract.Columns.Column;

namespace Almagest.Contract.Columns;

/// <summary>The columns of a cluster of a run. Those that are called as the columns of a star are means over its members.</summary>
public static class ClusterColumns
{
    public static Column ClusterId { get; } = Integer("cluster_id", "meta.id.parent", "number of the cluster within its run, from 0");

    /// <summary>All but the run.</summary>
    public static IReadOnlyList<Column> All { get; } =
    [
        ClusterId with
        {
            Ucd = "meta.id;meta.main",
        },
        Integer("size", "meta.number", "stars in it"),
        Double("ra_deg", "deg", "pos.eq.ra;meta.main", "right ascension of the mean direction of its members, ICRS"),
        Double("ra_error_deg", "deg", "stat.error;pos.eq.ra", "standard error of ra_deg, times cos(dec)"),
        Double("dec_deg", "deg", "pos.eq.dec;meta.main", "declination of the mean direction of its members, ICRS"),
        Double("dec_error_deg", "deg", "stat.error;pos.eq.dec", "standard error of dec_deg"),
        Double("radius_deg", "deg", "phys.angSize", "angle from the mean direction within which half of its members lie"),
        Double(
            "parallax_mas",
            "mas",
            "pos.parallax.trig;stat.mean",
            "mean parallax of its members, weighted by their errors where all have them"
        ),
        Double(
            "parallax_error_mas",
            "mas",
            "stat.error;pos.parallax.trig",
            "standard error of parallax_mas, without what all members share, such as the catalogue's zero point"
        ),
        Double(
            "distance_pc",
            "pc",
            "pos.distance",
            "1000 / parallax_mas, without correction of the parallaxes' zero-point; null where that is less than five of its errors"
        ),
        Double("distance_error_pc", "pc", "stat.error;pos.distance", "standard error of distance_pc, from that of parallax_mas alone"),
        Double(
            "pmra_mas_yr",
            "mas/yr",
            "pos.pm;pos.eq.ra;stat.mean",
            "mean proper motion of its members in right ascension times cos(dec)"
        ),
        Double("pmra_error_mas_yr", "mas/yr", "stat.error;pos.pm;pos.eq.ra", "standard error of pmra_mas_yr"),
        Double("pmdec_mas_yr", "mas/yr", "pos.pm;pos.eq.dec;stat.mean", "mean proper motion of its members in declination"),
        Double("pmdec_error_mas_yr", "mas/yr", "stat.error;pos.pm;pos.eq.dec", "standard error of pmdec_mas_yr"),
        Double(
            "contrast",
            null,
            "stat.value;arith.ratio",
            "density of its members over that of the field there, in motion and parallax; null where the algorithm does not judge clusters"
        ),
        Double(
            "significance",
            null,
            "stat.value",
            "standard deviations as rare as such a peak anywhere in a field without clusters; null where the algorithm does not judge them"
        ),
    ];
}
