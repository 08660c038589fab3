using System.Globalization;
using Almagest.Adql;
using Almagest.Adql.Schema;
using Almagest.Adql.Syntax;
using Almagest.Catalog.Writing;
using Almagest.Contract.Columns;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;
using Almagest.Server.Http;
using Almagest.Server.VirtualObservatory.Catalogue;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Almagest.Server.VirtualObservatory;

/// <summary>Simple Cone Search (IVOA Recommendation 1.03) over each dataset and over each complete run.</summary>
internal sealed class ConeSearch(LedgerDatabase ledger, AdqlRunner runner)
{
    // UCD1, as this protocol asks for them, in place of the dictionary's UCD1+. Exactly one column has each of the first three.
    private static readonly Dictionary<string, string?> s_ucds = new()
    {
        ["source_id"] = "ID_MAIN",
        ["ra_deg"] = "POS_EQ_RA_MAIN",
        ["dec_deg"] = "POS_EQ_DEC_MAIN",
        ["distance_deg"] = "POS_ANG_DIST_GENERAL",
        ["parallax_mas"] = "POS_PARLX_TRIG",
        ["pmra_mas_yr"] = "POS_EQ_PMRA",
        ["pmdec_mas_yr"] = "POS_EQ_PMDEC",
        ["magnitude"] = "PHOT_MAG",
        ["color"] = "PHOT_COLOR",
        ["radial_velocity_km_s"] = "VELOC_HC",
    };

    private static readonly string[] s_least = ["source_id", "ra_deg", "dec_deg"];
    private static readonly string[] s_usual = [.. s_least, "star_id", "parallax_mas", "pmra_mas_yr", "pmdec_mas_yr", "magnitude", "color"];
    private static readonly string[] s_ofRun = [.. RunColumns.OfResult.Select(c => c.Name)];

    public void Map(IEndpointRouteBuilder app)
    {
        var vo = app.MapGroup("/vo").WithTags("Virtual observatory");
        Route(
            vo,
            "/datasets/{dataset}/cone",
            "coneOfDataset",
            "The stars of a dataset in a cone: RA, DEC, SR in degrees; VERB 1 to 3",
            async (context, cancellationToken) =>
            {
                var dataset = await new DatasetRepository(ledger).FindAsync(
                    context.GetRouteValue("dataset") as string ?? "",
                    cancellationToken
                );
                return (dataset, null);
            },
            VoArguments.Dataset
        );
        Route(
            vo,
            "/runs/{run_id}/cone",
            "coneOfRun",
            "What a complete run says of its stars in a cone: RA, DEC, SR in degrees; VERB 1 to 3",
            async (context, cancellationToken) =>
            {
                var text = context.GetRouteValue("run_id") as string;
                if (!Guid.TryParseExact(text, "D", out var id))
                    throw VoException.Invalid($"'{text}' is not the id of a run");
                var run = await new RunRepository(ledger).GetAsync(id, cancellationToken);
                if (!run.IsComplete)
                    throw VoException.Invalid($"run {id} is {run.Status}: it has no results");
                RunRows.Require(run);
                return (await new DatasetRepository(ledger).GetAsync(run.DatasetId, cancellationToken), run);
            },
            VoArguments.RunId
        );
    }

    private void Route(
        IEndpointRouteBuilder vo,
        string pattern,
        string name,
        string summary,
        Func<HttpContext, CancellationToken, Task<(Dataset, DiscoveryRun?)>> find,
        RouteParameter of
    ) =>
        vo.VoRoute(
                "GET",
                pattern,
                name,
                summary,
                async context =>
                {
                    try
                    {
                        // What does not exist is a 404 as everywhere else; other errors are the protocol's own.
                        var (dataset, run) = await find(context, context.RequestAborted);
                        return await AnswerAsync(context, dataset, run);
                    }
                    catch (Exception e) when (e is VoException or AdqlException)
                    {
                        return VoDocument.ConeError(e.Message);
                    }
                }
            )
            .Takes(of, VoArguments.Ra, VoArguments.Dec, VoArguments.Radius, VoArguments.Verbosity, VoArguments.Format, VoArguments.MostRows)
            .AnswersTable();

    private async Task<IResult> AnswerAsync(HttpContext context, Dataset dataset, DiscoveryRun? run)
    {
        var parameters = await VoParameters.ReadAsync(context);
        var ra = parameters.Number("RA", 0, 360, "the right ascension in degrees, ICRS");
        var dec = parameters.Number("DEC", -90, 90, "the declination in degrees, ICRS");
        var radius = parameters.Number("SR", 0, 180, "the radius in degrees");
        var verbosity = parameters.Get("VERB") switch
        {
            null or "2" => 2,
            "1" => 1,
            "3" => 3,
            var other => throw VoException.Invalid($"VERB is '{other}', expected 1, 2 or 3"),
        };
        // A radius of 0 asks what the columns are.
        var rows = radius == 0 ? 0 : TapQuery.Rows(parameters, TapLimits.MostRows);
        var catalogue = await runner.Catalogue.ReadAsync(context.RequestAborted);
        var table = StarsOf(catalogue, dataset, run);
        catalogue = catalogue with { Tables = [.. catalogue.Tables.Where(t => t.WrittenName != table.WrittenName), table] };
        var adql = Query(table, run, ra, dec, radius, verbosity);
        var answer = await runner.OpenAsync(QueryKind.Cone, adql, rows, TapLimits.Sync, context.RequestAborted, catalogue);
        if (radius == 0)
            answer.ForgetRest();
        var title = string.Create(
            CultureInfo.InvariantCulture,
            $"Stars of {dataset.Name} within {radius} deg of ({ra}, {dec}){(run is null ? "" : $", as run {run.RunId} has them")}"
        );
        var format = VoFormat.Parse(parameters.Get("RESPONSEFORMAT"));
        return new TableOf(answer, format, title, adql, table => Described(table, format));
    }

    /// <summary>The table of the stars. The protocol wants text for ID_MAIN.</summary>
    private static PublishedTable StarsOf(PublishedCatalogue catalogue, Dataset dataset, DiscoveryRun? run)
    {
        // A run over several datasets has its stars among all of them.
        var isWide = run is not null && RunDatasets.Ids(run).Count > 1;
        var table = catalogue.Tables.First(t =>
            isWide ? t.Schema == LedgerTables.Schema && t.Name == "stars" : t.Schema == DatasetTables.Schema && t.Name == dataset.Name
        );
        return table with
        {
            Columns =
            [
                .. table.Columns.Select(c => c.KeySql is { } text ? c with { Type = PublishedType.Text, Sql = text, KeySql = null } : c),
            ],
        };
    }

    private static string Query(PublishedTable table, DiscoveryRun? run, double ra, double dec, double radius, int verbosity)
    {
        var names = verbosity switch
        {
            1 => s_least,
            2 => s_usual,
            _ => [.. s_usual, .. table.Columns.Select(c => c.Name).Except([.. s_usual, StarColumns.DistanceDeg.Name])],
        };
        var columns = names.Select(n => $"s.{ReservedWords.Written(n)}").Concat(run is null ? [] : s_ofRun.Select(n => $"r.{n}")).ToList();
        var centre = string.Create(CultureInfo.InvariantCulture, $"{ra:R}, {dec:R}");
        if (verbosity > 1)
            columns.Add($"DISTANCE(POINT(s.ra_deg, s.dec_deg), POINT({centre})) AS distance_deg");
        var joined = run is null ? "" : $" JOIN almagest.results AS r ON r.star_id = s.star_id AND r.run_id = '{run.RunId}'";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"SELECT {string.Join(", ", columns)} FROM {table.WrittenName} AS s{joined} WHERE CONTAINS(POINT(s.ra_deg, s.dec_deg), "
                + $"CIRCLE({centre}, {radius:R})) = 1"
        );
    }

    // The distance is computed in the query, which knows nothing of what it means.
    private static ExportTable Described(ExportTable table, VoFormat format) =>
        table with
        {
            Columns =
            [
                .. table.Columns.Select(c =>
                    (c.Name == StarColumns.DistanceDeg.Name ? StarColumns.DistanceDeg.OfTable : c) with
                    {
                        Ucd = s_ucds.GetValueOrDefault(c.Name),
                    }
                ),
            ],
            // The protocol wants char for ID_MAIN; as elements of XML that holds every character.
            Unicode = format == VoFormat.VoTable ? table.Unicode.Where(name => name != "source_id").ToHashSet() : table.Unicode,
        };
}
