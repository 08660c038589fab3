using System.Globalization;
using System.Text;
using Almagest.Ledger.Datasets;
using Almagest.Sky;
using Almagest.Testing;
using Xunit;

namespace Almagest.Server.Tests.VirtualObservatory;

/// <summary>
/// Queries of papers, cookbooks and client programs, written down from memory of their kinds: selections of the Hertzsprung-Russell
/// diagram, quality cuts, maps, wide binaries, cross-matches, other epochs. They are asked of a table with the columns of the Gaia
/// archive, flags and gaps included, and answer what PostgreSQL answers of a copy of the file.
/// </summary>
public sealed class ArchiveQueryTests
{
    private static readonly (string Adql, string? Sql)[] s_queries =
    [
        (
            """
            SELECT source_id, phot_g_mean_mag+5*log10(parallax)-10 AS mg, bp_rp FROM {g} WHERE parallax_over_error > 10 AND
            phot_g_mean_flux_over_error>50 AND phot_rp_mean_flux_over_error>20 AND phot_bp_mean_flux_over_error>20 AND
            phot_bp_rp_excess_factor < 1.3+0.06*power(phot_bp_mean_mag-phot_rp_mean_mag,2) AND phot_bp_rp_excess_factor >
            1.0+0.015*power(phot_bp_mean_mag-phot_rp_mean_mag,2) AND visibility_periods_used>8 AND
            astrometric_chi2_al/(astrometric_n_good_obs_al-5)<1.44*greatest(1,exp(-0.4*(phot_g_mean_mag-19.5))) ORDER BY source_id
            """,
            null
        ),
        (
            """
            SELECT source_id, SQRT(astrometric_chi2_al/(astrometric_n_good_obs_al-5)) AS u FROM {g} ORDER BY u, source_id
            """,
            null
        ),
        (
            """
            select bp_rp_index / 40 as bp_rp, g_abs_index / 10 as g_abs, n from (select floor(bp_rp * 40) as bp_rp_index,
            floor((phot_g_mean_mag + 5 * log10(parallax) - 10) * 10) as g_abs_index, count(*) as n from {g} where
            parallax_over_error > 5 group by bp_rp_index, g_abs_index) as subquery order by 1, 2
            """,
            null
        ),
        (
            """
            SELECT source_id/140737488355328 AS healpix_8, COUNT(*) AS n, AVG(astrometric_n_good_obs_al) AS avg_obs FROM {g} GROUP
            BY healpix_8 ORDER BY healpix_8
            """,
            null
        ),
        (
            """
            SELECT TOP 50 source_id,ra,dec, DISTANCE( POINT('ICRS', ra, dec), POINT('ICRS', 56.75, 24.12) ) as dist FROM {g} WHERE
            1 = CONTAINS( POINT('ICRS', ra, dec), CIRCLE('ICRS', 56.75, 24.12, 1.0) ) ORDER BY dist ASC
            """,
            """
            SELECT source_id, ra, dec, plain.sep(ra,dec,56.75,24.12) d FROM {g} WHERE plain.sep(ra,dec,56.75,24.12)<=1 ORDER BY d
            LIMIT 50
            """
        ),
        (
            """
            SELECT source_id FROM {g} WHERE CONTAINS(POINT('ICRS',ra,dec),BOX('ICRS',56.75,24.12,2.0,3.0))=1 ORDER BY source_id
            """,
            "SELECT source_id FROM {g} WHERE ra BETWEEN 55.75 AND 57.75 AND dec BETWEEN 22.62 AND 25.62 ORDER BY 1"
        ),
        (
            "SELECT TOP 100 source_id, ra FROM {g} WHERE random_index BETWEEN 0 AND 1000 ORDER BY random_index",
            "SELECT source_id, ra FROM {g} WHERE random_index BETWEEN 0 AND 1000 ORDER BY random_index LIMIT 100"
        ),
        ("SELECT COUNT(*) FROM {g} WHERE phot_variable_flag = 'VARIABLE' AND has_xp_continuous = 'True'", null),
        (
            """
            SELECT COUNT(*) FROM {g} WHERE has_xp_continuous = 'true' AND in_qso_candidates = 'f' AND duplicated_source = 'FALSE'
            """,
            null
        ),
        (
            """
            SELECT source_id FROM {g} WHERE parallax_over_error >= 4 AND phot_g_mean_mag + 5 + 5*LOG10(parallax/1000) > 5 +
            5.93*bp_rp AND parallax > 0 AND bp_rp < 1.5 ORDER BY source_id
            """,
            """
            SELECT source_id FROM {g} WHERE parallax > 0 AND parallax_over_error >= 4 AND phot_g_mean_mag + 5 +
            5*LOG10(parallax/1000) > 5 + 5.93*bp_rp AND bp_rp < 1.5 ORDER BY source_id
            """
        ),
        (
            """
            SELECT source_id FROM {g} WHERE SQRT((pmra-20)*(pmra-20) + (pmdec+45)*(pmdec+45)) < 5 AND parallax > 6.5 AND ruwe <
            1.4 AND ipd_frac_multi_peak <= 2 ORDER BY source_id
            """,
            null
        ),
        (
            """
            SELECT source_id, CASE WHEN bp_rp < 0.5 THEN phot_bp_rp_excess_factor - (1.154360 + 0.033772*bp_rp +
            0.032277*POWER(bp_rp, 2)) WHEN bp_rp >= 0.5 AND bp_rp < 4 THEN phot_bp_rp_excess_factor - (1.162004 + 0.011464*bp_rp +
            0.049255*POWER(bp_rp, 2) - 0.005879*POWER(bp_rp, 3)) ELSE phot_bp_rp_excess_factor - (1.057572 + 0.140537*bp_rp) END
            AS cstar FROM {g} ORDER BY source_id
            """,
            null
        ),
        ("SELECT source_id FROM {g} WHERE l BETWEEN 160 AND 180 AND b > -30 AND b < -20 ORDER BY source_id", null),
        (
            "SELECT ROUND(l/5)*5 AS lbin, COUNT(*) AS n FROM {g} GROUP BY lbin ORDER BY lbin",
            "SELECT round((l/5)::numeric)*5 AS lbin, COUNT(*) AS n FROM {g} GROUP BY lbin ORDER BY lbin"
        ),
        ("SELECT DISTINCT phot_variable_flag FROM {g} ORDER BY phot_variable_flag", null),
        (
            """
            SELECT a.source_id, a.ruwe FROM (SELECT * FROM {g} WHERE parallax > 5) AS a WHERE a.ruwe < 1.2 ORDER BY a.ruwe,
            a.source_id
            """,
            null
        ),
        ("SELECT COUNT(*) FROM {g} WHERE phot_variable_flag != 'NOT_AVAILABLE'", null),
        ("SELECT source_id FROM {g} WHERE designation LIKE 'Gaia DR3 66%' ORDER BY source_id", null),
        (
            """
            SELECT FLOOR(phot_g_mean_mag) AS g, AVG(parallax) AS mean_plx, STDDEV(parallax) AS sd, COUNT(*) AS n FROM {g} GROUP BY
            g HAVING COUNT(*) > 10 ORDER BY g
            """,
            """
            SELECT FLOOR(phot_g_mean_mag) AS g, AVG(parallax) AS mean_plx, STDDEV(parallax) AS sd, COUNT(*) AS n FROM {g} GROUP BY
            g HAVING COUNT(*) > 10 ORDER BY 1
            """
        ),
        ("SELECT source_id FROM {g} WHERE MOD(random_index, 10) = 0 ORDER BY source_id", null),
        ("SELECT CAST(phot_g_mean_mag*10 AS INTEGER)/10. AS g, COUNT(*) FROM {g} GROUP BY g ORDER BY g", null),
        (
            """
            SELECT source_id, DEGREES(ATAN2(pmra, pmdec)) AS pa, pmra*COS(RADIANS(dec)) AS x FROM {g} ORDER BY source_id
            """,
            null
        ),
        (
            """
            SELECT lp FROM (SELECT LOG10(parallax) AS lp FROM {g} WHERE parallax > 0) AS s WHERE lp > 0.5 ORDER BY lp
            """,
            "SELECT log10(parallax) lp FROM {g} WHERE parallax > 0 AND log10(parallax) > 0.5 ORDER BY 1"
        ),
        (
            """
            SELECT source_id, 1000/parallax AS dist FROM {g} WHERE parallax > 0 AND 1000/parallax < 150 ORDER BY dist, source_id
            """,
            null
        ),
        (
            """
            SELECT source_id, POWER(10, 0.4*(phot_g_mean_mag - 15)) AS f, POWER(10, 0.2*(phot_g_mean_mag-5)+1) AS d FROM {g} ORDER
            BY source_id
            """,
            null
        ),
        (
            """
            SELECT g.source_id, tm.designation, DISTANCE(POINT('ICRS',g.ra,g.dec),POINT('ICRS',tm.ra,tm.dec))*3600 AS sep_arcsec
            FROM {g} g, {t} tm WHERE 1=CONTAINS(POINT('ICRS',g.ra,g.dec),CIRCLE('ICRS',tm.ra,tm.dec,0.00027777)) ORDER BY
            g.source_id, tm.designation
            """,
            """
            SELECT g.source_id, tm.designation, plain.sep(g.ra,g.dec,tm.ra,tm.dec)*3600 FROM {g} g JOIN {t} tm ON g.dec BETWEEN
            tm.dec-0.001 AND tm.dec+0.001 AND plain.sep(g.ra,g.dec,tm.ra,tm.dec)<=0.00027777 ORDER BY 1,2
            """
        ),
        (
            """
            SELECT t.designation, g.source_id FROM {t} AS t LEFT OUTER JOIN {g} AS g ON DISTANCE(t.ra, t.dec, g.ra, g.dec) <
            0.0001 WHERE t.ph_qual <> 'AAA' ORDER BY t.designation, g.source_id
            """,
            """
            SELECT t.designation, g.source_id FROM {t} AS t LEFT OUTER JOIN {g} AS g ON g.dec BETWEEN t.dec-0.001 AND t.dec+0.001
            AND plain.sep(t.ra, t.dec, g.ra, g.dec) < 0.0001 WHERE t.ph_qual <> 'AAA' ORDER BY t.designation, g.source_id
            """
        ),
        (
            """
            SELECT COUNT(DISTINCT source_id) AS n, COUNT(DISTINCT phot_variable_flag) FROM {g} WHERE parallax IS NOT NULL;
            """,
            "SELECT COUNT(DISTINCT source_id) AS n, COUNT(DISTINCT phot_variable_flag) FROM {g}"
        ),
        (
            """
            SELECT source_id, COALESCE(radial_velocity, 0) AS rv FROM {g} WHERE phot_g_mean_mag NOT BETWEEN 8 AND 18 ORDER BY
            source_id
            """,
            null
        ),
        (
            """
            SELECT source_id FROM {g} WHERE 1=CONTAINS(POINT('GALACTIC', l, b), CIRCLE('GALACTIC', 166.57, -23.52, 3)) ORDER BY
            source_id
            """,
            "SELECT source_id FROM {g} WHERE plain.sep(l, b, 166.57, -23.52) <= 3 ORDER BY source_id"
        ),
        (
            """
            SELECT source_id, DISTANCE(POINT(166.57, -23.52), POINT(l, b)) AS ang_sep FROM {g} WHERE 1 = CONTAINS(POINT(166.57,
            -23.52), CIRCLE(l, b, 5./60.)) ORDER BY ang_sep
            """,
            """
            SELECT source_id, plain.sep(l,b,166.57,-23.52) s FROM {g} WHERE plain.sep(l,b,166.57,-23.52) <= 5./60 ORDER BY s
            """
        ),
        (
            """
            SELECT g1.source_id AS s1, g2.source_id AS s2 FROM {g} AS g1, {g} AS g2 WHERE g1.source_id < g2.source_id AND 1 =
            CONTAINS(POINT('ICRS', g1.ra, g1.dec), CIRCLE('ICRS', g2.ra, g2.dec, 0.02)) AND ABS(g1.parallax-g2.parallax) <
            3*SQRT(g1.parallax_error*g1.parallax_error + g2.parallax_error*g2.parallax_error) ORDER BY s1, s2
            """,
            """
            SELECT g1.source_id, g2.source_id FROM {g} AS g1, {g} AS g2 WHERE g1.dec between g2.dec-.02 and g2.dec+.02 and
            g1.source_id < g2.source_id AND plain.sep(g1.ra,g1.dec,g2.ra,g2.dec)<=0.02 AND ABS(g1.parallax-g2.parallax) <
            3*SQRT(g1.parallax_error*g1.parallax_error + g2.parallax_error*g2.parallax_error) ORDER BY 1, 2
            """
        ),
        (
            """
            SELECT g1.source_id AS s1, g2.source_id AS s2 FROM {g} AS g1 JOIN {g} AS g2 ON 1 = CONTAINS(POINT('ICRS', g1.ra,
            g1.dec), CIRCLE('ICRS', g2.ra, g2.dec, g2.parallax*206.265/3600)) WHERE g1.source_id <> g2.source_id AND g2.parallax >
            7 ORDER BY s1, s2
            """,
            """
            SELECT g1.source_id, g2.source_id FROM {g} AS g1, {g} AS g2 WHERE g1.dec between g2.dec-g2.parallax*.06 and
            g2.dec+g2.parallax*.06 and g1.source_id <> g2.source_id AND g2.parallax > 7 AND
            plain.sep(g1.ra,g1.dec,g2.ra,g2.dec)<=g2.parallax*206.265/3600 ORDER BY 1, 2
            """
        ),
        (
            """
            SELECT 100.0*SUM(CASE WHEN ruwe > 1.4 THEN 1 ELSE 0 END)/COUNT(*) AS pct, SUM(CASE WHEN duplicated_source = 'True'
            THEN 1 ELSE 0 END) AS d FROM {g}
            """,
            null
        ),
        (
            """
            SELECT source_id FROM {g} WHERE ABS(b) > 20 AND phot_g_mean_mag < (SELECT AVG(phot_g_mean_mag) FROM {g}) AND source_id
            IN (SELECT source_id FROM {g} WHERE ruwe < 1) ORDER BY source_id
            """,
            null
        ),
        ("SELECT FLOOR(ra/10), COUNT(*) FROM {g} GROUP BY FLOOR(ra/10) ORDER BY COUNT(*) DESC, FLOOR(ra/10)", null),
        (
            """
            SELECT source_id AS "Source ID", UPPER(phot_variable_flag) AS f FROM {g} WHERE LOWER(phot_variable_flag) = 'variable'
            ORDER BY "Source ID"
            """,
            null
        ),
        (
            """
            SELECT GAIA_HEALPIX_INDEX(6, source_id) AS h, AVG(bp_rp) AS c, STDDEV(bp_rp)/SQRT(COUNT(*)) AS e FROM {g} GROUP BY h
            ORDER BY h
            """,
            """
            SELECT source_id/140737488355328 AS h, AVG(bp_rp) AS c, STDDEV(bp_rp)/SQRT(COUNT(*)) AS e FROM {g} GROUP BY h ORDER BY
            h
            """
        ),
        ("SELECT source_id FROM {g} UNION ALL SELECT source_id FROM {g} WHERE ruwe > 3 ORDER BY source_id", null),
        (
            """
            SELECT g.source_id FROM {g} AS g WHERE EXISTS (SELECT 1 FROM {t} AS t WHERE DISTANCE(POINT('ICRS', g.ra, g.dec),
            POINT('ICRS', t.ra, t.dec)) < 5.0/3600.0 AND t.ks_m < 8) ORDER BY g.source_id
            """,
            """
            SELECT g.source_id FROM {g} AS g WHERE EXISTS (SELECT 1 FROM {t} AS t WHERE t.dec between g.dec-.01 and g.dec+.01 and
            plain.sep(g.ra, g.dec, t.ra, t.dec) < 5.0/3600.0 AND t.ks_m < 8) ORDER BY g.source_id
            """
        ),
        (
            """
            SELECT source_id FROM {g} WHERE CAST(source_id AS CHAR(19)) LIKE '66%' AND designation ILIKE 'gaia%' ORDER BY
            source_id
            """,
            "SELECT source_id FROM {g} WHERE source_id::text LIKE '66%' ORDER BY source_id"
        ),
        ("SELECT GAIA.SOURCE_ID, Gaia.RA, gaia.DEC FROM {g} AS gaia WHERE gaia.Parallax>8 ORDER BY Gaia.Source_ID", null),
        (
            "SELECT MIN(ra), MAX(ra), MIN(dec), MAX(dec), MIN(designation), MAX(has_xp_continuous) FROM {g}",
            "SELECT MIN(ra), MAX(ra), MIN(dec), MAX(dec), MIN(designation), 'true' FROM {g}"
        ),
        (
            """
            SELECT phot_variable_flag, non_single_star, COUNT(*) AS n FROM {g} GROUP BY phot_variable_flag, non_single_star ORDER
            BY n DESC, 1, 2
            """,
            null
        ),
        (
            """
            SELECT source_id, ra, dec FROM {g} WHERE
            1=CONTAINS(POINT('ICRS',ra,dec),CIRCLE('ICRS',
            COORD1(EPOCH_PROP_POS(56.75,24.1167,7.4,20,-45.5,5.9,2000,2016.0)),
            COORD2(EPOCH_PROP_POS(56.75,24.1167,7.4,20,-45.5,5.9,2000,2016.0)),0.5))
            ORDER BY source_id
            """,
            """
            SELECT source_id, ra, dec FROM {g} WHERE plain.sep(ra,dec,56.75+20*16/3.6e6/cosd(24.1167),24.1167-45.5*16/3.6e6)<=0.5
            ORDER BY source_id
            """
        ),
        (
            """
            SELECT source_id FROM {g} WHERE parallax > 0 AND 1.0/parallax > 0.2 AND LOG(parallax) < 2 AND SQRT(parallax) > 0.3
            ORDER BY source_id
            """,
            """
            SELECT source_id FROM {g} WHERE parallax > 0 AND case when parallax > 0 then 1.0/parallax > 0.2 AND LN(parallax) < 2
            AND SQRT(parallax) > 0.3 end ORDER BY source_id
            """
        ),
        (
            "SELECT source_id FROM {g} WHERE SQRT(parallax) > 0.3 AND parallax > 0 ORDER BY source_id",
            "SELECT source_id FROM {g} WHERE parallax > 0.09 ORDER BY source_id"
        ),
    ];

    [Fact]
    [TimeLimit(120, "loads two catalogues and asks fifty queries twice")]
    public async Task Queries_of_papers_and_cookbooks_answer_what_the_file_holds()
    {
        Assert.InRange(s_queries.Length, 40, 60);
        await using var server = await TestServer.StartAsync(o => o with { Workers = 0 });
        await using var connection = await server.Ledger.ConnectAsync(TestContext.Current.CancellationToken);
        await PlainCopy.PrepareAsync(connection);
        using var folder = TestFolder.Create("archive");
        foreach (var (name, text) in new[] { ("gaia_source", Gaia(800)), ("tmass", TwoMass(800)) })
        {
            var file = Path.Combine(folder.Path, $"{name}.csv");
            await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
            await new CatalogIngestor(server.Ledger).IngestAsync([file]);
            await PlainCopy.AddAsync(connection, file, name, Type);
        }
        var wrong = await PlainCopy.DifferencesAsync(server, connection, s_queries, ("{g}", "gaia_source"), ("{t}", "tmass"));
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static string Type(string column) =>
        column switch
        {
            "designation" or "phot_variable_flag" or "ph_qual" => "text",
            "has_xp_continuous" or "in_qso_candidates" or "duplicated_source" => "boolean",
            "source_id" or "random_index" or "astrometric_n_good_obs_al" or "visibility_periods_used" => "bigint",
            "ipd_frac_multi_peak" or "non_single_star" => "bigint",
            _ => "float8",
        };

    private static (double Ra, double Dec) Position(int i)
    {
        var (u, v) = (i * 0.6180339887 % 1, i * 0.7548776662 % 1);
        return i % 4 == 3
            ? (Math.Round(360 * u, 9), Math.Round(double.RadiansToDegrees(Math.Asin(2 * v - 1)), 9))
            : (Math.Round(56.75 + 6 * (u - 0.5), 9), Math.Round(24.12 + 6 * (v - 0.5), 9));
    }

    private static string Gaia(int stars)
    {
        var text = new StringBuilder(
            "source_id,designation,random_index,ref_epoch,ra,dec,parallax,parallax_error,parallax_over_error,pmra,pmdec,ruwe,"
                + "astrometric_chi2_al,astrometric_n_good_obs_al,visibility_periods_used,ipd_frac_multi_peak,duplicated_source,"
                + "phot_g_mean_flux_over_error,phot_bp_mean_flux_over_error,phot_rp_mean_flux_over_error,phot_g_mean_mag,phot_bp_mean_mag,"
                + "phot_rp_mean_mag,phot_bp_rp_excess_factor,bp_rp,radial_velocity,phot_variable_flag,l,b,non_single_star,"
                + "has_xp_continuous,in_qso_candidates\n"
        );
        for (var i = 0; i < stars; i++)
        {
            var (ra, dec) = Position(i);
            // As if the sky were turned without being tilted: queries look at l and b alone.
            var (l, b) = ((ra + 109.82) % 360, Math.Max(-90, dec - 47.64));
            // Numbers that look random and are the same in every run.
            var r = new double[16];
            for (var k = 0; k < r.Length; k++)
                r[k] = (i + 1) * (0.1234567 + 0.0871 * k) * 7.919 % 1;
            var id = (Healpix.AngToPix(12, ra, dec) << 35) + 1000003L * (i + 1);
            var inCluster = i % 4 == 0;
            var parallax = Math.Round(inCluster ? 7.4 + 0.3 * (r[0] - 0.5) : 8 * r[0] * r[0] - 0.3, 4);
            var error = Math.Round(0.02 + 0.35 * r[1], 4);
            var (g, colour) = (Math.Round(6 + 14 * r[2], 4), Math.Round(3.6 * r[3] - 0.2, 4));
            var hasColour = i % 37 != 0;
            var (bp, rp) = (Math.Round(g + 0.4 * colour, 4), Math.Round(g - 0.6 * colour, 4));
            var (pmra, pmdec) = inCluster ? (20 + 2 * (r[4] - 0.5), -45.5 + 2 * (r[5] - 0.5)) : (60 * (r[4] - 0.5), 60 * (r[5] - 0.5));
            text.Append(CultureInfo.InvariantCulture, $"{id},Gaia DR3 {id},{i * 331 % stars},2016.0,{ra},{dec},{parallax},{error},")
                .Append(CultureInfo.InvariantCulture, $"{parallax / error:F5},{pmra:F6},{pmdec:F6},{0.8 + r[6]:F5},{100 + 900 * r[7]:F3},")
                .Append(CultureInfo.InvariantCulture, $"{100 + (int)(500 * r[8])},{5 + (int)(25 * r[9])},{(int)(10 * r[10])},")
                .Append(CultureInfo.InvariantCulture, $"{(r[11] < 0.05 ? "True" : "False")},{10 + 3000 * r[12]:F4},{300 * r[13]:F4},")
                .Append(CultureInfo.InvariantCulture, $"{300 * r[14]:F4},{g},{(hasColour ? $"{bp:R}" : "")},{rp},")
                .Append(CultureInfo.InvariantCulture, $"{1 + r[15]:F5},")
                .Append(
                    CultureInfo.InvariantCulture,
                    $"{(hasColour ? $"{colour:R}" : "")},{(i % 3 == 0 ? $"{100 * (r[1] - 0.5):F2}" : "")},"
                )
                .Append(CultureInfo.InvariantCulture, $"{(i % 11 == 0 ? "VARIABLE" : "NOT_AVAILABLE")},{l:F9},{b:F9},{i % 13 / 11},")
                .Append(CultureInfo.InvariantCulture, $"{(i % 5 < 3 ? "True" : "False")},{(i % 50 == 7 ? "True" : "False")}\n");
        }
        return text.ToString();
    }

    // Half of the stars, a fraction of an arc second beside.
    private static string TwoMass(int stars)
    {
        var text = new StringBuilder("designation,ra,dec,j_m,ks_m,ph_qual\n");
        for (var i = 0; i < stars; i += 2)
        {
            var (ra, dec) = Position(i);
            text.Append(
                CultureInfo.InvariantCulture,
                $"J{i:D6}+00,{ra + 3e-5 * Math.Sin(i):F7},{dec + 3e-5 * Math.Cos(i):F7},{5 + i % 97 * 0.1:F2},{4 + i % 97 * 0.1:F2},"
                    + $"{(i % 3 == 0 ? "AAB" : "AAA")}\n"
            );
        }
        return text.ToString();
    }
}
