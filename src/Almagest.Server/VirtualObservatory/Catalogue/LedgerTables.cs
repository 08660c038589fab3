using Almagest.Adql.Schema;
using Almagest.Contract.Columns;
using Almagest.Ledger.Schema;
using Almagest.Ledger.Views;
using Almagest.Ledger.Views.Descriptors;

namespace Almagest.Server.VirtualObservatory.Catalogue;

/// <summary>The schema <c>almagest</c>: what the ledger knows, across datasets.</summary>
internal static class LedgerTables
{
    public const string Schema = "almagest";

    /// <summary>The cell of a star's position, order 29, for conditions on positions.</summary>
    public const string Cell = "{0}.healpix_29";

    private static readonly IReadOnlyList<PublishedColumn> s_starColumns = PublishedColumns.Of(
        Contract.Columns.StarColumns.All,
        ["source_id", "ra_deg", "dec_deg", "parallax_mas", "pmra_mas_yr", "pmdec_mas_yr", "magnitude", "color"],
        ["star_id", "source_id", "ra_deg", "dec_deg", "healpix_29"]
    );

    /// <summary>The columns of a star, but for its dataset and the other columns of its file.</summary>
    /// <param name="integers">the datasets of which all ids are whole numbers: others may be there by the time that the query is executed,
    /// of which none is read as one; null = ids are text</param>
    /// <param name="epoch">the Julian year for which all positions hold; null where there is none</param>
    public static IEnumerable<PublishedColumn> StarColumns(IReadOnlyList<long>? integers, double? epoch) =>
        s_starColumns
            .Select(c =>
                c.Name != "source_id" ? c
                : integers is null or { Count: 0 } ? c with { KeySql = c.Sql }
                : Integer(c, integers)
            )
            .Select(c => c with { Epoch = epoch });

    private static PublishedColumn Integer(PublishedColumn column, IReadOnlyList<long> datasets) =>
        column with
        {
            Type = PublishedType.Integer,
            Sql = $"(case when {{0}}.dataset_id in ({string.Join(", ", datasets)}) then {column.Sql}::bigint end)",
            KeySql = column.Sql,
            MayHaveUnicode = false,
        };

    public static PublishedTable Datasets { get; } =
        Table(
            "datasets",
            "Loaded catalogues, and those that are read where they lie",
            "public.datasets",
            PublishedColumns.Of(DatasetColumns.All, ["dataset_id", "name", "star_count"], ["dataset_id", "name"])
        );

    /// <param name="datasets">ids of all datasets: conditions on positions look into each one's part of the index</param>
    /// <param name="integers">whether the ids of all of them are whole numbers</param>
    /// <param name="epoch">the Julian year for which the positions of all of them hold; null where there is none</param>
    public static PublishedTable Stars(IReadOnlyList<long> datasets, bool integers, double? epoch) =>
        new(
            Schema,
            "stars",
            "The stars of all datasets that are loaded; of a catalogue that is read where it lies those that some run flagged or put into "
                + "a cluster",
            new PublishedRows("public.stars"),
            [
                .. StarColumns(integers ? datasets : null, epoch),
                PublishedColumns.Of(Contract.Columns.StarColumns.DatasetId) with
                {
                    Indexed = true,
                },
                PublishedColumns.Of(Contract.Columns.StarColumns.Extra),
            ],
            new SkyIndex("ra_deg", "dec_deg", Cell, "{0}.dataset_id", datasets)
        );

    public static PublishedTable Labels { get; } =
        Table(
            "star_labels",
            "What is known of stars from elsewhere: the truth that detections are measured against",
            "public.star_labels",
            PublishedColumns.Of(LabelColumns.All, ["star_id", "label_set", "is_anomaly", "kind", "cluster"], ["star_id"])
        );

    public static PublishedTable Runs { get; } =
        Table(
            "runs",
            "Executions of an algorithm on a selection of stars, and what they found",
            "public.discovery_runs",
            [
                .. PublishedColumns.Of(
                    RunColumns.All,
                    ["run_id", "run_type", "algorithm", "parameters", "dataset_id", "total_stars", "status", "created_at"],
                    ["run_id", "dataset_id", "status"]
                ),
                .. PublishedColumns
                    .Of(RunColumns.Outcomes, ["anomaly_count", "cluster_count"], [])
                    .Select(c => c with { Sql = Outcome(c.Name) }),
                PublishedColumns.Of(RunColumns.ResultsInFiles) with
                {
                    Sql = "({0}.star_set_id is not null)::integer",
                },
            ]
        );

    public static PublishedTable RunParameters { get; } =
        Table(
            "run_parameters",
            "The parameters of runs, one a row, defaults included",
            """
            (select r.run_id, p.key as name, p.value #>> array[]::text[] as value_text,
               case when jsonb_typeof(p.value) = 'number' then p.value::double precision end as value_number
             from public.discovery_runs r cross join lateral jsonb_each(r.parameters) p)
            """,
            PublishedColumns.Of(RunColumns.OfParameter, ["run_id", "name", "value_text", "value_number"], ["run_id"])
        );

    public static PublishedTable RunTags { get; } =
        Table(
            "run_tags",
            "The tags of runs, one a row",
            "public.run_tags",
            PublishedColumns.Of(RunColumns.OfTag, ["run_id", "tag"], ["run_id", "tag"])
        );

    private static string Outcome(string name) =>
        name switch
        {
            "excluded_count" => RunOutcomes.Excluded("{0}"),
            "duration_s" => RunOutcomes.Seconds("{0}"),
            _ => RunOutcomes.Count("{0}", name),
        };

    /// <summary>Tables of a distributed ledger without the rows that nobody is to see, by the name of the table.</summary>
    public static IReadOnlyDictionary<string, string> Seen(IReadOnlyList<long> datasets)
    {
        var ids = datasets.Count == 0 ? "null" : string.Join(", ", datasets);
        return new Dictionary<string, string>
        {
            ["stars"] = $"(select * from public.stars where dataset_id in ({ids}))",
            ["star_labels"] =
                $"(select l.* from public.star_labels l join public.stars s on s.star_id = l.star_id where s.dataset_id in ({ids}))",
            ["results"] =
                "(select r.* from public.discovery_results r where r.run_id in "
                + "(select d.run_id from public.discovery_runs d where d.is_complete))",
        };
    }

    public static PublishedTable Results { get; } =
        Table(
            "results",
            "What complete runs say of each star that they analysed; of runs with results_in_files = 1 of the stars that they flag, or "
                + "put into clusters, alone",
            "public.discovery_results",
            PublishedColumns.Of(
                [RunColumns.RunId, Contract.Columns.StarColumns.StarId, .. RunColumns.OfResult],
                ["run_id", "star_id", "is_anomaly", "anomaly_score", "cluster_id"],
                ["run_id", "star_id", "is_anomaly", "cluster_id"]
            )
        );

    public static PublishedTable Clusters { get; } =
        Table(
            "discovery_clusters",
            "What complete runs say of each of their clusters: means over the members, with standard errors",
            "public.discovery_clusters",
            PublishedColumns.Of(
                [RunColumns.RunId, .. ClusterColumns.All],
                ["run_id", "cluster_id", "size", "ra_deg", "dec_deg", "parallax_mas", "pmra_mas_yr", "pmdec_mas_yr"],
                ["run_id"]
            )
        );

    public static PublishedTable Identifications { get; } =
        Table(
            "cluster_identifications",
            "Clusters of complete runs beside catalogues of known clusters",
            "public.cluster_identifications",
            PublishedColumns.Of(
                [RunColumns.RunId, ClusterColumns.ClusterId, .. ClusterColumns.OfIdentification],
                ["run_id", "cluster_id", "verdict", "name", "separation_deg", "sigma", "expected_by_chance"],
                ["run_id", "dataset_id"]
            )
        );

    public static IReadOnlyList<PublishedTable> Views { get; } = [.. AnalyticsViews.All.Select(Of)];

    // The key's first column leads its index, as the first one of each further index does.
    private static PublishedTable Of(AnalyticsView view) =>
        Table(
            view.Name,
            view.Description,
            $"public.{view.Name}",
            PublishedColumns.Of(view.Columns, view.Key, [view.Key[0], .. view.LookupIndexes.Select(i => i.Columns.Split(' ', ',')[0])])
        );

    private static PublishedTable Table(string name, string description, string rows, IReadOnlyList<PublishedColumn> columns) =>
        new(Schema, name, description, new PublishedRows(rows), columns);
}
