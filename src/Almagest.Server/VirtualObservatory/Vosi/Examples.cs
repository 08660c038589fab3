using System.Globalization;
using System.Net;
using System.Text;
using Almagest.Adql.Schema;
using Almagest.Server.VirtualObservatory.Catalogue;

namespace Almagest.Server.VirtualObservatory.Vosi;

/// <summary>Queries to start from, as a page for people and, by RDFa, for clients (DALI 1.1, 2.3; TAP Notes 1.0, examples).</summary>
internal static class Examples
{
    private static readonly (string Id, string Name, string About, string Query)[] s_always =
    [
        (
            "flagged",
            "The stars that are flagged most often",
            "Complete anomaly runs that flag a star, over those that analysed it.",
            """
            SELECT TOP 100 s.source_id, s.ra_deg, s.dec_deg, f.anomaly_count, f.total_runs, f.frequency_pct
            FROM almagest.mv_star_anomaly_frequency AS f
            JOIN almagest.stars AS s ON s.star_id = f.star_id
            WHERE f.anomaly_count > 0
            ORDER BY frequency_pct DESC, anomaly_count DESC
            """
        ),
        (
            "runs",
            "The newest runs and what they found",
            "Statistics of complete runs.",
            "SELECT TOP 50 run_id, run_type, created_at, total_stars, anomaly_count, cluster_count\nFROM "
                + "almagest.mv_discovery_run_stats\nORDER BY created_at DESC"
        ),
        (
            "agreement",
            "Pairs of runs that agree best",
            "Jaccard similarity of the flagged stars.",
            "SELECT TOP 50 run_1_id, run_2_id, overlap_count, jaccard_similarity\nFROM almagest.mv_anomaly_overlap_matrix\nORDER BY "
                + "jaccard_similarity DESC"
        ),
        (
            "sky",
            "How many stars each part of the sky holds",
            "HEALPix cells of order 4.",
            "SELECT ivo_healpix_index(4, ra_deg, dec_deg) AS cell, COUNT(*) AS stars\nFROM almagest.stars\nGROUP BY cell\nORDER BY "
                + "stars DESC"
        ),
    ];

    public static string Page(PublishedCatalogue catalogue)
    {
        var page = new StringBuilder(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <html xmlns="http://www.w3.org/1999/xhtml">
            <head><title>Almagest: example queries</title></head>
            <body vocab="http://www.ivoa.net/rdf/examples#">
            <h1>Example queries</h1>

            """
        );
        foreach (var (id, name, about, query) in All(catalogue))
        {
            page.Append(
                $"""
                <div id="{id}" resource="#{id}" typeof="example">
                <h2 property="name">{WebUtility.HtmlEncode(name)}</h2>
                <p property="description">{WebUtility.HtmlEncode(about)}</p>
                <pre property="query">{WebUtility.HtmlEncode(query)}</pre>
                </div>

                """
            );
        }
        return page.Append("</body>\n</html>\n").ToString();
    }

    public static IEnumerable<(string Id, string Name, string About, string Query)> All(PublishedCatalogue catalogue)
    {
        // At one of its own stars: a circle anywhere else may well be empty.
        if (catalogue.Tables.FirstOrDefault(t => t.Schema == DatasetTables.Schema && t.Somewhere is not null) is { } dataset)
        {
            var (ra, dec) = dataset.Somewhere!.Value;
            var centre = string.Create(CultureInfo.InvariantCulture, $"{Math.Round(ra, 3)}, {Math.Round(dec, 3)}");
            yield return (
                "cone",
                $"Stars of {dataset.Name} around one of them",
                "A circle of one degree; the positions are looked up in an index.",
                $"SELECT source_id, ra_deg, dec_deg, magnitude, DISTANCE(POINT('ICRS', ra_deg, dec_deg), POINT('ICRS', {centre})) "
                    + $"AS distance_deg\nFROM {dataset.WrittenName}\n"
                    + $"WHERE CONTAINS(POINT('ICRS', ra_deg, dec_deg), CIRCLE('ICRS', {centre}, 1)) = 1\nORDER BY distance_deg"
            );
        }
        foreach (var example in s_always)
            yield return example;
    }
}
