using System.Globalization;
using System.Text.Json;
using Almagest.Adql;
using Almagest.Adql.Schema;
using Almagest.Testing;
using Npgsql;
using Xunit;

namespace Almagest.Server.Tests.VirtualObservatory;

/// <summary>
/// The queries with which the IVOA checks parsers (the <c>ivoa</c> suite of lyonetia), each with tables that have what it names: what is
/// valid becomes SQL that PostgreSQL accepts, what is not is refused with its place. They are read from the folder of real tables.
/// </summary>
public sealed class IvoaSuiteTests(KnownLedger known)
{
    // n a number, i a whole one, t text, d a time, r a region, else the unit of a number.
    private const string ObsCore =
        "ivoa.ObsCore(dataproduct_type:t dataproduct_subtype:t s_region:r s_ra s_dec dp_id:t instrument_name:t em_min em_max t_min t_max "
        + "abmaglim target_name:t em_res_power obs_collection:t obs_id:t obs_publisher_did:t t_exptime s_resolution gal_lat snr "
        + "facility_name:t filter:t access_estsize) dbo.raw(dp_id:t instrument:t exp_start:d prog_id:t dp_cat:t dp_tech:t dp_type:t) "
        + "asm.MASS_paranal(start_date:d turbfwhm tet) phase3v2.provenance(archive_id:t source_file:t product_file:i) "
        + "phase3v2.files(file_id:i category:t name:t) asm.lhatpros_paranal_profiles(start_date:d midpoint_date:d ra dec alt az valid:i) "
        + "TAP_SCHEMA.tables(table_name:t schema_name:t description:t) "
        + "TAP_SCHEMA.columns(table_name:t column_name:t datatype:t arraysize:t xtype:t unit:t ucd:t utype:t description:t)";

    private static readonly Dictionary<string, string> s_tables = new()
    {
        ["0_whitespace.xml#1"] = "y(x:r)",
        ["0_whitespace.xml#2"] = "y(x:r)",
        ["0_whitespace.xml#3"] = "y(x:r)",
        ["0_whitespace.xml#4"] = "y(x)",
        ["0_whitespace.xml#5"] = "y(x:r)",
        ["0_whitespace.xml#6"] = "y(x:r)",
        ["0_whitespace.xml#7"] = "y(x:r)",
        ["0_whitespace.xml#8"] = "y(x:r)",
        ["0_whitespace.xml#9"] = "y(x:r)",
        ["0_whitespace.xml#10"] = "y(x)",
        ["0_whitespace.xml#11"] = "z(c)",
        ["0_whitespace.xml#12"] = "foo(x)",
        ["0_whitespace.xml#13"] = "spatial(ra1 dist dec) spatial2(ra1 dist) misc(mass)",
        ["0_whitespace.xml#14"] = "spatial(ra1 dec) spatial2(ra1) misc(mass)",
        ["0_whitespace.xml#15"] = "foo(x y)",
        ["0_whitespace.xml#16"] = "foo(x)",
        ["0_whitespace.xml#17"] = "TAP_UPLOAD.abc(c)",
        ["0_whitespace.xml#18"] = "spatial(width) spatial2(ra1 dec dist)",
        ["0_whitespace.xml#19"] = "spatial(width) spatial2(ra1 dec dist)",
        ["0_whitespace.xml#20"] = "x(a) y(a) z(a)",
        ["0_whitespace.xml#21"] = "x(a) u(a)",
        ["0_whitespace.xml#22"] = "t1(x) t2(y) t3(z)",
        ["0_whitespace.xml#23"] = "t1(x y) t2(x y)",
        ["0_whitespace.xml#24"] = "crazy(version:t)",
        ["0_whitespace.xml#25"] = "crazy(flag:t)",
        ["0_whitespace.xml#26"] = "misc(mag) crazy(ct)",
        ["0_whitespace.xml#27"] = "crazy(ct wot) spatial(height ra2) spatial2(dist)",
        ["0_whitespace.xml#28"] = "TAP_UPLOAD.adql(alpha rv)",
        ["0_whitespace.xml#29"] = "x(a b)",
        ["0_whitespace.xml#30"] = "most(c) anything(a b) else3(and7)",
        ["0_whitespace.xml#31"] = "amanda.nucand(x)",
        ["0_whitespace.xml#32"] = "bar(foo)",
        ["0_whitespace.xml#33"] = "a(d)",
        ["1_select.xml"] = "stars(name:t ra dec type:t radius long des:t distance _weird_name)",
        ["2_from.xml"] = "t1(oid id something) t2(oid name)",
        ["3_where.xml"] = "stars(name:t mag ra)",
        ["4_math_functions.xml"] = "stars(c)",
        ["5_aggregation.xml"] = "stars(name:t ra_error type:t)",
        ["6_order_by.xml"] = "atable(id:i ra dec) t1(x z)",
        ["O1_geometrical_functions.xml"] =
            "spatial(ra1 ra2 dist width height) spatial2(ra1 dec) misc(mass mag) z(c) t(ra dec) y(x:r a:r b:r) foo(x:r) "
            + "ppmx.data(alphaFloat deltaFloat) TAP_UPLOAD.user_table(ra ra2000)",
        ["O2_user_defined_functions.xml"] = "atable(id:i ra dec)",
        ["O3_string_functions_and_operators.xml"] = "stars(name:t)",
        ["O4_common_table_expression.xml"] = "stars(id:i ra dec) TAP_UPLOAD.my_stars(ra dec mag)",
        ["O5_set_operators.xml"] = "table1(id:i ra dec) table2(id:i ra dec) table3(id:i ra dec) atable(id:i ra dec)",
        ["O6_type_operations.xml"] = "stars(name:t)",
        ["O7_conditional_functions.xml"] = "stars(star_name:t favorite_name:t)",
        ["O8_unit_operations.xml"] = "stars(name:t ra:deg pm_ra:mas/yr pm_dec:mas/yr)",
        ["O9_cardinality.xml"] = "stars(name:t ra dec)",
        ["X1_obscore_eso.xml"] = ObsCore,
    };

    // Valid queries that are refused, with what the refusal names.
    private static readonly Dictionary<string, string> s_refused = new()
    {
        // Names that its FROM lacks: no tables make a query of it.
        ["O1_geometrical_functions.xml#30"] = "there is no table usnob.data",
        // CONTAINS of a region that is an intersection: only points are known to lie in those.
        ["O1_geometrical_functions.xml#32"] = "a REGION of Intersection",
        // Functions of another archive's own.
        ["X1_obscore_eso.xml#15"] = "there is no function ESO_INTERSECTION",
        ["X1_obscore_eso.xml#29"] = "there is no function ESO_INTERSECTION",
        ["X1_obscore_eso.xml#30"] = "there is no function ESO_INTERSECTION",
        ["X1_obscore_eso.xml#16"] = "there is no function ESO_DATEADD_SEC",
        ["X1_obscore_eso.xml#37"] = "there is no function ESO_DATEADD_SEC",
    };

    [Fact]
    public async Task Every_query_of_the_IVOA_suite_is_judged_as_it_says()
    {
        var path = TestData.Find("adql/lyonetia-ivoa.jsonl");
        Assert.SkipUnless(path is not null, TestData.Missing);
        await using var connection = await known.Server.Ledger.ConnectAsync(TestContext.Current.CancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await ExecuteAsync(connection, "create schema suite");
        var made = new Dictionary<string, PublishedCatalogue>();
        var wrong = new List<string>();
        var judged = 0;
        foreach (var line in await File.ReadAllLinesAsync(path, TestContext.Current.CancellationToken))
        {
            var query = JsonElement.Parse(line);
            var (id, adql) = (query.GetProperty("id").GetString()!, query.GetProperty("adql").GetString()!);
            var tables = s_tables.GetValueOrDefault(id) ?? s_tables[id.Split('#')[0]];
            if (!made.TryGetValue(tables, out var catalogue))
                made[tables] = catalogue = await MakeAsync(connection, tables, made.Count);
            if (await JudgeAsync(connection, id, adql, query.GetProperty("valid").GetBoolean(), catalogue) is { } complaint)
                wrong.Add($"{id}: {complaint}");
            judged++;
        }
        Assert.True(wrong.Count == 0, $"{wrong.Count} of {judged}:\n{string.Join('\n', wrong)}");
        Assert.Equal(196, judged);
    }

    private static async Task<string?> JudgeAsync(
        NpgsqlConnection connection,
        string id,
        string adql,
        bool valid,
        PublishedCatalogue catalogue
    )
    {
        try
        {
            var translated = AdqlTranslator.Translate(adql, catalogue);
            await ExecuteAsync(connection, $"explain {translated.Text}", translated.Parameters);
            return valid && !s_refused.ContainsKey(id) ? null : "accepted, expected a refusal";
        }
        catch (AdqlException e) when (valid)
        {
            return s_refused.TryGetValue(id, out var because) && e.Message.Contains(because, StringComparison.Ordinal)
                ? null
                : $"refused: {e.Message}";
        }
        catch (AdqlException e)
        {
            return e is { Line: >= 1, Column: >= 1, Problem.Length: > 15 } ? null : $"refused without saying why: {e.Message}";
        }
        catch (PostgresException e)
        {
            return $"PostgreSQL refuses it: {e.MessageText}";
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, IReadOnlyList<object>? values = null)
    {
        await using var save = new NpgsqlCommand("savepoint before", connection);
        await save.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        try
        {
            await using var command = new NpgsqlCommand(sql, connection);
            foreach (var value in values ?? [])
                command.Parameters.Add(new NpgsqlParameter { Value = value });
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }
        catch (PostgresException)
        {
            await using var back = new NpgsqlCommand("rollback to savepoint before", connection);
            await back.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            throw;
        }
    }

    private static async Task<PublishedCatalogue> MakeAsync(NpgsqlConnection connection, string described, int number)
    {
        var tables = new List<PublishedTable>();
        foreach (var one in described.Split(')', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (name, columns) = (one.Split('(')[0], one.Split('(')[1].Split(' ').Select(Column).ToList());
            var relation = string.Create(CultureInfo.InvariantCulture, $"suite.t{number}_{tables.Count}");
            var types = columns.Select((c, i) => string.Create(CultureInfo.InvariantCulture, $"c{i} {SqlType(c.Type)}"));
            await ExecuteAsync(connection, $"create table {relation} ({string.Join(", ", types)})");
            tables.Add(
                new PublishedTable(
                    name.Contains('.', StringComparison.Ordinal) ? name.Split('.')[0] : "public",
                    name.Split('.')[^1],
                    name,
                    new PublishedRows(relation),
                    [.. columns.Select((c, i) => c with { Sql = string.Create(CultureInfo.InvariantCulture, $"{{0}}.c{i}") })]
                )
            );
        }
        return new PublishedCatalogue([], tables, []);
    }

    private static PublishedColumn Column(string described)
    {
        var (name, kind) = (described.Split(':')[0], described.Contains(':', StringComparison.Ordinal) ? described.Split(':')[1] : "n");
        return new PublishedColumn(
            name,
            kind switch
            {
                "i" => PublishedType.Integer,
                "t" => PublishedType.Text,
                "d" => PublishedType.Timestamp,
                "r" => PublishedType.Region,
                _ => PublishedType.Double,
            },
            "",
            Unit: kind.Length > 1 ? kind : null
        );
    }

    private static string SqlType(PublishedType type) =>
        type switch
        {
            PublishedType.Integer => "bigint",
            PublishedType.Text => "text",
            PublishedType.Timestamp => "timestamptz",
            PublishedType.Region => "double precision[]",
            _ => "double precision",
        };
}
