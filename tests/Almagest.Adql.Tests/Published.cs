using Almagest.Adql.Schema;
using Almagest.Adql.Sql;

namespace Almagest.Adql.Tests;

/// <summary>A small published catalogue: stars of two datasets, results, a table whose name has to be quoted.</summary>
internal static class Published
{
    private static readonly PublishedColumn[] s_starColumns =
    [
        new("star_id", PublishedType.Integer, "{0}.star_id"),
        new("source_id", PublishedType.Text, "{0}.source_id"),
        new("ra_deg", PublishedType.Double, "{0}.ra_deg", Unit: "deg"),
        new("dec_deg", PublishedType.Double, "{0}.dec_deg", Unit: "deg"),
        new("magnitude", PublishedType.Double, "{0}.magnitude"),
    ];

    public static readonly PublishedTable Stars = new(
        "almagest",
        "stars",
        "all stars",
        new PublishedRows("public.stars"),
        [.. s_starColumns, new("dataset_id", PublishedType.Integer, "{0}.dataset_id")],
        new SkyIndex("ra_deg", "dec_deg", "{0}.healpix_29", "{0}.dataset_id", [1, 2])
    );

    public static readonly PublishedCatalogue Catalogue = new(
        [new("almagest", "everything"), new("dataset", "each catalogue")],
        [
            Stars,
            new(
                "almagest",
                "results",
                "results",
                new PublishedRows("public.discovery_results"),
                [
                    new("run_id", PublishedType.Uuid, "{0}.run_id"),
                    new("star_id", PublishedType.Integer, "{0}.star_id"),
                    new("is_anomaly", PublishedType.Integer, "{0}.is_anomaly"),
                    new("anomaly_score", PublishedType.Double, "{0}.anomaly_score"),
                    new("precision", PublishedType.Double, "{0}.precision"),
                    new("created_at", PublishedType.Timestamp, "{0}.created_at"),
                ]
            ),
            new(
                "dataset",
                "gaia-100pc",
                "one catalogue",
                new PublishedRows("(select * from public.stars where dataset_id = {0})", 7L),
                s_starColumns,
                new SkyIndex("ra_deg", "dec_deg", "{0}.healpix_29")
            ),
            // Ids that are text, others that are whole numbers stored as text, truth values.
            new(
                "dataset",
                "mixed",
                "another catalogue",
                new PublishedRows("public.stars"),
                [
                    new("star_id", PublishedType.Integer, "{0}.star_id"),
                    new("source_id", PublishedType.Text, "{0}.source_id") { KeySql = "{0}.source_id" },
                    new("gaia_id", PublishedType.Integer, "({0}.source_id)::bigint") { KeySql = "{0}.source_id" },
                    new("magnitude", PublishedType.Double, "{0}.magnitude"),
                    new("name", PublishedType.Text, "{0}.name"),
                    new("duplicated_source", PublishedType.Text, "{0}.duplicated_source") { IsTruth = true },
                ]
            ),
        ],
        []
    );

    public static SqlQuery Translate(string adql, long? mostRows = null) => AdqlTranslator.Translate(adql, Catalogue, mostRows);
}
