using Almagest.Ledger.Datasets;
using Almagest.Testing;
using Xunit;

namespace Almagest.Server.Tests.VirtualObservatory;

/// <summary>
/// Queries such as people send to archives, with the table's name changed, answer what PostgreSQL answers of the same files when they are
/// copied into it as they are. The files are read from the folder of real tables.
/// </summary>
public sealed class EqualAnswerTests
{
    // {g} are Gaia's stars within 100 pc, {n} those around NGC 188. Where the second text is missing it is the first, TOP being LIMIT.
    private static readonly (string Adql, string? Sql)[] s_queries =
    [
        ("SELECT COUNT(*) FROM {g}", null),
        ("SELECT TOP 20 source_id, ra, dec, parallax FROM {g} ORDER BY parallax DESC, source_id", null),
        ("SELECT COUNT(*) FROM {g} WHERE parallax_over_error > 10 AND phot_g_mean_mag < 15", null),
        ("SELECT source_id, phot_g_mean_mag + 5*LOG10(parallax/100) AS mg FROM {g} WHERE parallax > 50 ORDER BY source_id", null),
        ("SELECT MIN(parallax), MAX(parallax), AVG(parallax), SUM(parallax) FROM {g}", null),
        ("SELECT FLOOR(phot_g_mean_mag) AS bin, COUNT(*) AS n FROM {g} GROUP BY bin ORDER BY bin", null),
        ("SELECT source_id FROM {g} WHERE bp_rp BETWEEN 0.5 AND 0.7 ORDER BY source_id", null),
        ("SELECT source_id, ra FROM {g} WHERE bp_rp IS NULL ORDER BY source_id", null),
        ("SELECT COUNT(bp_rp), COUNT(phot_rp_mean_mag), COUNT(*) FROM {g}", null),
        (
            "SELECT source_id, SQRT(POWER(pmra,2) + POWER(pmdec,2)) AS pm FROM {g} WHERE POWER(pmra,2) + POWER(pmdec,2) > 250000 "
                + "ORDER BY pm DESC",
            null
        ),
        ("SELECT TOP 10 source_id, 1000/parallax AS d FROM {g} ORDER BY d, source_id", null),
        ("SELECT source_id, 4.74047*SQRT(pmra*pmra + pmdec*pmdec)/parallax AS vt FROM {g} WHERE parallax > 10 ORDER BY vt DESC", null),
        (
            "SELECT CASE WHEN bp_rp < 0.5 THEN 'blue' WHEN bp_rp < 1.5 THEN 'middle' ELSE 'red' END AS c, COUNT(*) FROM {g} GROUP BY c "
                + "ORDER BY c",
            null
        ),
        ("SELECT source_id, bp_rp FROM {g} WHERE source_id IN (5542245319386060288, 1, 2)", null),
        ("SELECT COUNT(*) FROM {g} WHERE source_id > 5000000000000000000 AND source_id < 5100000000000000000", null),
        (
            "SELECT a.source_id, b.source_id AS other FROM {g} AS a JOIN {g} AS b ON a.phot_g_mean_mag = b.phot_g_mean_mag "
                + "AND a.source_id < b.source_id ORDER BY 1, 2",
            null
        ),
        ("SELECT source_id FROM {g} WHERE parallax = (SELECT MAX(parallax) FROM {g})", null),
        (
            "SELECT source_id FROM {g} AS g WHERE parallax > 90 AND NOT EXISTS (SELECT * FROM {g} AS h WHERE h.parallax > g.parallax "
                + "AND h.dec > 0) ORDER BY source_id",
            null
        ),
        ("WITH near AS (SELECT source_id, parallax FROM {g} WHERE parallax > 80) SELECT COUNT(*), MIN(parallax) FROM near", null),
        (
            "SELECT source_id FROM {g} WHERE parallax > 60 UNION SELECT source_id FROM {g} WHERE phot_g_mean_mag < 6 ORDER BY source_id",
            null
        ),
        (
            "SELECT source_id FROM {g} WHERE parallax > 30 INTERSECT SELECT source_id FROM {g} WHERE phot_g_mean_mag < 9 "
                + "ORDER BY source_id",
            null
        ),
        (
            "SELECT source_id FROM {g} WHERE parallax > 40 EXCEPT SELECT source_id FROM {g} WHERE phot_g_mean_mag < 12 ORDER BY source_id",
            null
        ),
        ("SELECT DISTINCT FLOOR(ra/30) AS h FROM {g} ORDER BY h", null),
        ("SELECT source_id FROM {g} ORDER BY source_id OFFSET 12300", null),
        ("SELECT FLOOR(dec/10) AS z, COUNT(*) AS n, AVG(parallax) AS p FROM {g} GROUP BY z HAVING COUNT(*) > 500 ORDER BY z", null),
        ("SELECT source_id, COALESCE(bp_rp, -1) AS c FROM {g} WHERE parallax > 50 ORDER BY source_id", null),
        ("SELECT MOD(source_id, 7) AS r, COUNT(*) FROM {g} GROUP BY r ORDER BY r", null),
        (
            "SELECT ROUND(phot_g_mean_mag, 1) AS m, COUNT(*) FROM {g} GROUP BY m ORDER BY m",
            "SELECT round(phot_g_mean_mag::numeric, 1) AS m, count(*) FROM {g} GROUP BY m ORDER BY m"
        ),
        ("SELECT STDDEV(parallax), VARIANCE(parallax), VAR_POP(pmra), STDDEV_POP(pmdec) FROM {g}", null),
        (
            "SELECT FLOOR(dec/30) AS z, MEDIAN(parallax), MEDIAN(bp_rp) FROM {g} GROUP BY z ORDER BY z",
            "SELECT floor(dec/30) AS z, percentile_cont(0.5) within group (order by parallax), "
                + "percentile_cont(0.5) within group (order by bp_rp) FROM {g} GROUP BY z ORDER BY z"
        ),
        ("SELECT COUNT(DISTINCT FLOOR(phot_g_mean_mag*10)), SUM(DISTINCT FLOOR(parallax)) FROM {g}", null),
        ("SELECT CAST(parallax AS INTEGER) AS p, COUNT(*) FROM {g} GROUP BY p ORDER BY p", null),
        ("SELECT COUNT(*) FROM {g} WHERE CAST(source_id AS VARCHAR) LIKE '55%'", null),
        ("SELECT 'Gaia DR3 ' || source_id AS name FROM {g} WHERE parallax > 60 ORDER BY name", null),
        ("SELECT COUNT(*), COUNT(n.source_id) FROM {g} AS g LEFT JOIN {n} AS n ON g.source_id = n.source_id", null),
        ("SELECT COUNT(*) FROM {n} WHERE parallax BETWEEN 0.4 AND 0.6 AND SQRT(POWER(pmra+2.3, 2) + POWER(pmdec+0.95, 2)) < 1", null),
        ("SELECT AVG(pmra), AVG(pmdec), COUNT(*) FROM {n} WHERE phot_g_mean_mag < 15 AND parallax/parallax_error > 5", null),
        ("SELECT TOP 15 source_id, parallax FROM {n} ORDER BY ABS(parallax - 0.5), source_id", null),
        (
            "SELECT a.source_id, a.pmra - b.pmra FROM {n} AS a JOIN (SELECT source_id, pmra FROM {n} WHERE phot_g_mean_mag < 13) AS b "
                + "USING (source_id) ORDER BY a.source_id",
            null
        ),
        (
            "SELECT FLOOR(ra/10)*10 AS r, FLOOR(dec/10)*10 AS d, COUNT(*) AS n, AVG(phot_g_mean_mag) FROM {g} GROUP BY r, d ORDER BY r, d",
            null
        ),
        (
            "SELECT FLOOR(bp_rp*20)/20 AS c, FLOOR((phot_g_mean_mag + 5*LOG10(parallax) - 10)*10)/10 AS m, COUNT(*) FROM {g} GROUP BY c, m "
                + "ORDER BY c, m",
            null
        ),
        (
            "SELECT source_id FROM {g} WHERE phot_g_mean_mag + 5*LOG10(parallax) - 10 > 10 + 2.6*bp_rp AND parallax_over_error > 10 "
                + "ORDER BY source_id",
            null
        ),
        ("SELECT source_id FROM {g} WHERE NOT (bp_rp > 1 OR parallax < 20) ORDER BY source_id", null),
        (
            "SELECT source_id, EXP(-parallax/20), LOG(parallax), SIN(RADIANS(dec)) FROM {g} WHERE parallax > 60 ORDER BY source_id",
            "SELECT source_id, exp(-parallax/20), ln(parallax), sind(dec) FROM {g} WHERE parallax > 60 ORDER BY source_id"
        ),
        (
            "SELECT TRUNCATE(ra), TRUNCATE(dec, 1), CEILING(parallax), ATAN2(pmdec, pmra), DEGREES(PI()) FROM {g} "
                + "WHERE parallax > 60 ORDER BY source_id",
            "SELECT trunc(ra), trunc(dec::numeric, 1), ceil(parallax), atan2(pmdec, pmra), 180 FROM {g} "
                + "WHERE parallax > 60 ORDER BY source_id"
        ),
        // Positions.
        (
            "SELECT source_id FROM {g} WHERE 1 = CONTAINS(POINT('ICRS', ra, dec), CIRCLE('ICRS', 56.75, 24.12, 5)) ORDER BY source_id",
            "SELECT source_id FROM {g} WHERE plain.sep(ra, dec, 56.75, 24.12) <= 5 ORDER BY source_id"
        ),
        (
            "SELECT source_id FROM {g} WHERE CONTAINS(POINT(ra, dec), CIRCLE(0, 89, 12)) = 1 AND phot_g_mean_mag < 16 ORDER BY source_id",
            "SELECT source_id FROM {g} WHERE plain.sep(ra, dec, 0, 89) <= 12 AND phot_g_mean_mag < 16 ORDER BY source_id"
        ),
        (
            "SELECT COUNT(*) FROM {g} WHERE 0 = CONTAINS(POINT('', ra, dec), CIRCLE('', 359.9, -45, 30))",
            "SELECT count(*) FROM {g} WHERE plain.sep(ra, dec, 359.9, -45) > 30"
        ),
        (
            "SELECT TOP 25 source_id, DISTANCE(POINT('ICRS', ra, dec), POINT('ICRS', 266.4, -29)) AS d FROM {g} ORDER BY d",
            "SELECT source_id, plain.sep(ra, dec, 266.4, -29) AS d FROM {g} ORDER BY d LIMIT 25"
        ),
        (
            "SELECT source_id FROM {n} WHERE DISTANCE(ra, dec, 11.8, 85.25) < 0.2 ORDER BY source_id",
            "SELECT source_id FROM {n} WHERE plain.sep(ra, dec, 11.8, 85.25) < 0.2 ORDER BY source_id"
        ),
        (
            "SELECT source_id FROM {g} WHERE 1 = CONTAINS(POINT(ra, dec), BOX(0, 10, 40, 10)) ORDER BY source_id",
            "SELECT source_id FROM {g} WHERE dec BETWEEN 5 AND 15 AND (ra <= 20 OR ra >= 340) ORDER BY source_id"
        ),
        (
            "SELECT source_id FROM {g} WHERE 1 = CONTAINS(POINT(ra, dec), POLYGON(10, 0, 50, 0, 30, 40)) ORDER BY source_id",
            "SELECT source_id FROM {g} WHERE plain.side(10, 0, 50, 0, ra, dec) >= 0 AND plain.side(50, 0, 30, 40, ra, dec) >= 0 "
                + "AND plain.side(30, 40, 10, 0, ra, dec) >= 0 ORDER BY source_id"
        ),
        // A polygon with a bay is two triangles.
        (
            "SELECT source_id FROM {g} WHERE 1 = CONTAINS(POINT(ra, dec), POLYGON(10, 0, 30, 10, 50, 0, 30, 40)) ORDER BY source_id",
            "SELECT source_id FROM {g} WHERE (plain.side(10, 0, 30, 10, ra, dec) >= 0 AND plain.side(30, 10, 30, 40, ra, dec) >= 0 "
                + "AND plain.side(30, 40, 10, 0, ra, dec) >= 0) OR (plain.side(30, 10, 50, 0, ra, dec) >= 0 "
                + "AND plain.side(50, 0, 30, 40, ra, dec) >= 0 AND plain.side(30, 40, 30, 10, ra, dec) >= 0) ORDER BY source_id"
        ),
        // The Galactic plane by its pole, whose place in ICRS differs by 0.02 arc seconds.
        (
            "SELECT source_id FROM {g} WHERE 1 = CONTAINS(POINT('ICRS', ra, dec), CIRCLE('GALACTIC', 0, -90, 60)) ORDER BY source_id",
            "SELECT source_id FROM {g} WHERE plain.sep(ra, dec, 12.85948, -27.12825) <= 60 ORDER BY source_id"
        ),
        (
            "SELECT source_id FROM {g} WHERE 1 = INTERSECTS(CIRCLE(ra, dec, 0.5), CIRCLE(100, 0, 8)) ORDER BY source_id",
            "SELECT source_id FROM {g} WHERE plain.sep(ra, dec, 100, 0) <= 8.5 ORDER BY source_id"
        ),
        (
            "SELECT a.source_id, b.source_id AS other FROM {g} AS a JOIN {g} AS b ON DISTANCE(a.ra, a.dec, b.ra, b.dec) < 0.05 "
                + "AND a.source_id < b.source_id ORDER BY 1, 2",
            "SELECT a.source_id, b.source_id FROM {g} a JOIN {g} b ON b.dec BETWEEN a.dec - 0.05 AND a.dec + 0.05 "
                + "AND a.source_id < b.source_id AND plain.sep(a.ra, a.dec, b.ra, b.dec) < 0.05 ORDER BY 1, 2"
        ),
        (
            "SELECT q.source_id, COORD1(p), COORD2(p) FROM (SELECT source_id, POINT(ra, dec) AS p FROM {g}) AS q "
                + "WHERE 1 = CONTAINS(p, CIRCLE(150, 20, 6)) ORDER BY q.source_id",
            "SELECT source_id, ra, dec FROM {g} WHERE plain.sep(ra, dec, 150, 20) <= 6 ORDER BY source_id"
        ),
        (
            "SELECT gaia_healpix_index(3, source_id) AS cell, COUNT(*) FROM {g} GROUP BY cell ORDER BY cell",
            "SELECT source_id >> 53 AS cell, count(*) FROM {g} GROUP BY cell ORDER BY cell"
        ),
        (
            "SELECT source_id, IN_UNIT(parallax, 'arcsec'), IN_UNIT(ra, 'rad') FROM {g} WHERE parallax > 60 ORDER BY source_id",
            "SELECT source_id, parallax/1000, radians(ra) FROM {g} WHERE parallax > 60 ORDER BY source_id"
        ),
        (
            "SELECT ivo_interval_overlaps(parallax - 1, parallax + 1, 20, 30) AS o, COUNT(*) FROM {g} GROUP BY o ORDER BY o",
            "SELECT (parallax + 1 >= 20 AND parallax - 1 <= 30)::int AS o, count(*) FROM {g} GROUP BY o ORDER BY o"
        ),
        (
            "SELECT ivo_string_agg(CAST(source_id AS VARCHAR), ' ') FROM (SELECT TOP 5 source_id FROM {g} ORDER BY source_id) AS q",
            "SELECT string_agg(source_id::text, ' ') FROM (SELECT source_id FROM {g} ORDER BY source_id LIMIT 5) q"
        ),
    ];

    [Fact]
    [TimeLimit(180, "loads two catalogues and asks sixty questions twice")]
    public async Task Sixty_queries_of_archives_answer_what_the_files_hold()
    {
        var files = new[] { "gaia-100pc.csv", "fields/ngc188-gaiadr2-cone.csv" }.Select(TestData.Find).ToList();
        Assert.SkipWhen(files.Contains(null), TestData.Missing);
        Assert.InRange(s_queries.Length, 60, 100);
        await using var server = await TestServer.StartAsync(o => o with { Workers = 0 });
        await using var connection = await server.Ledger.ConnectAsync(TestContext.Current.CancellationToken);
        await PlainCopy.PrepareAsync(connection);
        foreach (var (file, name) in files.Zip(["gaia", "ngc188"]))
        {
            using var folder = TestFolder.Create(name);
            var copy = Path.Combine(folder.Path, $"{name}.csv");
            File.Copy(file!, copy);
            await new CatalogIngestor(server.Ledger).IngestAsync([copy]);
            await PlainCopy.AddAsync(connection, copy, name, c => c == "source_id" ? "bigint" : "float8");
        }
        var wrong = await PlainCopy.DifferencesAsync(server, connection, s_queries, ("{g}", "gaia"), ("{n}", "ngc188"));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
