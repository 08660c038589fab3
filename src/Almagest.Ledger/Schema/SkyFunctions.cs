using Almagest.Ledger.Database;
using Almagest.Ledger.Views.Descriptors;

namespace Almagest.Ledger.Schema;

/// <summary>
/// The functions of the schema <c>sky</c>: geometry on the sphere, HEALPix cells and space motion, for queries of others (ADQL). Nothing
/// depends on them, so the repeatable scripts make the whole schema anew when one of its texts has changed.
/// </summary>
internal static class SkyFunctions
{
    public const string Schema = "sky";

    public const string Drop = $"drop schema if exists {Schema} cascade;";

    private static readonly string s_text = string.Join(
        "\n",
        new[]
        {
            "angle",
            "area",
            "border",
            "box",
            "cell",
            "cell_center",
            "centroid",
            "circle",
            "contains",
            "crosses",
            "distance",
            "hash_list_has",
            "has_words",
            "histogram",
            "holds",
            "in_face",
            "intersects",
            "joined",
            "moved",
            "moved_radially",
            "numbers",
            "point",
            "polygon",
            "position",
            "rotated",
            "span",
            "spread",
            "vectors",
        }.Select(name => EmbeddedSql.Read($"Schema.Sky.{name}.sql"))
    );

    /// <summary>Kept as the schema's comment.</summary>
    public static string Fingerprint { get; } = AnalyticsView.FingerprintOf(s_text);

    public static string Install =>
        $"{Drop}\ncreate schema {Schema};\n{s_text}\ncomment on schema {Schema} is '{Fingerprint}';\ngrant usage on schema {Schema} to "
        + "public;\n";
}
