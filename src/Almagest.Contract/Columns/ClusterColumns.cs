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

    private static readonly Column s_verdict = Text(
        "identification",
        "meta.code",
        "how sure the name is: identified, possible, position_only, ambiguous, shared, new or unmatched"
    );

    /// <summary>What a cluster is called after the newest comparison with a catalogue of known ones.</summary>
    public static IReadOnlyList<Column> OfName { get; } =
    [
        UnicodeText("known_as", "meta.id.cross", "name of the known cluster that fits best; null where none does, or none was compared"),
        s_verdict,
        UnicodeText("known_in", "meta.bib", "dataset of known clusters that the name is of"),
    ];

    /// <summary>All of a comparison of a cluster with a catalogue of known ones, but the run and the cluster.</summary>
    public static IReadOnlyList<Column> OfIdentification { get; } =
    [
        Integer("dataset_id", "meta.id", "number of the dataset that holds the known clusters"),
        s_verdict with
        {
            Name = "verdict",
        },
        UnicodeText("name", "meta.id.cross", "name of the known cluster that fits best; null where none does"),
        Integer("star_id", "meta.record", "its row of the dataset, in Almagest's numbering of stars"),
        Text("basis", "meta.note", "what was compared: position, motion, parallax, members"),
        Double("separation_deg", "deg", "pos.angDistance", "between both centres"),
        Double("sigma", null, "stat.value", "difference in all that was compared, as the normal deviation of the same chance"),
        Double(
            "expected_by_chance",
            null,
            "stat.value",
            "known clusters that would fit so closely by chance, at the density of the catalogue there"
        ),
        UnicodeText("sentence", "meta.note", "what was compared and what came of it, in words"),
    ];
}
