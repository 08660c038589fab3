using static Almagest.Contract.Columns.Column;

namespace Almagest.Contract.Columns;

/// <summary>The columns of the kinds of a run: its flagged stars, grouped by why they are flagged. Those that are called as the columns of
/// a star are of all of its stars together.</summary>
public static class KindColumns
{
    private static readonly Column s_id = Integer(
        "kind_id",
        "meta.id.parent",
        "number of its kind within the run, from 0; null where it is like too few others, or was not looked at"
    );

    private static readonly Column s_name = Text("kind", "meta.note", "what the stars of the kind are more than others, in a few words");

    /// <summary>Of a star.</summary>
    public static IReadOnlyList<Column> OfStar { get; } =
    [s_id, s_name, Double("kind_likeness", null, "stat.value", "how like the reasons for its score are to its kind's, up to 1")];

    /// <summary>Of a kind.</summary>
    public static IReadOnlyList<Column> All { get; } =
    [
        s_id with
        {
            Ucd = "meta.id;meta.main",
            Description = "number of the kind within its run, from 0",
        },
        s_name,
        Integer("stars", "meta.number", "stars in it"),
        Double(
            "stability",
            null,
            "stat.value",
            "how much of it other seeds find again, the mean of the greatest Jaccard similarities; null where none was tried"
        ),
        Double("ra_deg", "deg", "pos.eq.ra;meta.main", "right ascension of the mean direction of its stars, ICRS"),
        Double("dec_deg", "deg", "pos.eq.dec;meta.main", "declination of the mean direction of its stars, ICRS"),
        Double("median_distance_deg", "deg", "phys.angSize", "angle from the mean direction within which half of its stars lie"),
        Double("magnitude", "mag", "phot.mag;stat.median", "median magnitude of its stars"),
        Double("color", "mag", "phot.color;stat.median", "median color of its stars"),
        Double("parallax_mas", "mas", "pos.parallax.trig;stat.median", "median parallax of its stars"),
        Text("features", "meta.note", "the features that make it, the greatest part first, each with its mean part of the reasons"),
        UnicodeText("typical", "meta.id", "source ids of the stars whose reasons are most like the kind's, a blank between"),
        UnicodeText("extreme", "meta.id", "source ids of its most anomalous stars, a blank between"),
        Text("like_run_id", "meta.id", "the other run that its kinds were matched with; null where no kind of it is alike"),
        Integer("like_kind_id", "meta.id", "the kind of that run that is most like it"),
        Text("like_kind", "meta.note", "that kind in a few words"),
        Double("like_similarity", null, "stat.correlation", "cosine of the parts of both kinds' features, 1 = the same reasons"),
        Integer("like_shared_stars", "meta.number", "stars in both kinds; null where the runs are over other datasets"),
        Text("sentence", "meta.note", "what makes the kind, in words with numbers"),
    ];
}
