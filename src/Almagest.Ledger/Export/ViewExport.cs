using System.Text;
using Almagest.Catalog.Writing;
using Almagest.Contract.Errors;
using Almagest.Ledger.Analytics;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views;
using Npgsql;

namespace Almagest.Ledger.Export;

/// <summary>Which rows of a view. A condition on a column that the view does not have is an error of the caller.</summary>
public sealed record ViewRows
{
    /// <summary>Of pairs: those with this run on either side.</summary>
    public Guid? RunId { get; init; }
    public string? RunType { get; init; }
    public string? Algorithm { get; init; }
    public long? DatasetId { get; init; }
    public long? MinRuns { get; init; }

    /// <summary>HEALPix cells, nested, order 6.</summary>
    public IReadOnlyList<long>? Cells { get; init; }
    public double? MinSimilarity { get; init; }
    public string? PeriodType { get; init; }
    public string? LabelSet { get; init; }

    /// <summary>One of the view's <see cref="SortColumns"/>; null = the view's usual order.</summary>
    public string? Sort { get; init; }

    /// <summary>Most rows; null = all.</summary>
    public long? Limit { get; init; }
}

/// <summary>A query-optimized view as a table to be written, streamed.</summary>
public sealed class ViewExport(LedgerDatabase ledger)
{
    static readonly Dictionary<string, string> Orders = new()
    {
        [AnalyticsViews.RunStats.Name] = "created_at desc, run_id desc",
        [AnalyticsViews.ClusterSizes.Name] = "run_id desc, cluster_size desc, cluster_id",
        [AnalyticsViews.StarFrequency.Name] = "frequency_pct desc, anomaly_count desc, star_id",
        [AnalyticsViews.Overlap.Name] = "jaccard_similarity desc, run_1_id, run_2_id",
        [AnalyticsViews.Timeline.Name] = "period_type desc, period_start desc, run_type",
        [AnalyticsViews.Coverage.Name] = "star_analyses desc, dataset_id, healpix_6",
        [AnalyticsViews.Quality.Name] = "run_id desc, label_set",
        [AnalyticsViews.Parameters.Name] = "run_type, algorithm, parameters_hash",
    };

    /// <exception cref="LedgerException">the database has trouble, or does not know the view</exception>
    /// <exception cref="ArgumentException">a condition on a column that the view does not have</exception>
    public async Task<OutgoingTable> TableAsync(AnalyticsView view, ViewRows? rows = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(view);
        rows ??= new ViewRows();
        var freshness = await ViewFreshness.ReadAsync(ledger, view, cancellation);
        var names = await ColumnsAsync(view, cancellation);
        var (where, values) = Where(rows, names);
        var order = Order(view, rows.Sort);
        var sql = new StringBuilder("select ").AppendJoin(", ", names.Select(n => n == "parameters_json" ? "parameters_json::text" : n))
            .Append(" from public.").Append(view.Name).Append(where).Append(" order by ").Append(order);
        if (rows.Limit is { } limit)
        {
            values.Add(limit);
            sql.Append($" limit ${values.Count}");
        }
        var provenance = Provenance.Begin($"The view {view.Name}", Describe(rows, order));
        provenance["view"] = view.Name;
        provenance["complete_runs_not_shown_yet"] = freshness.MissingRuns;
        return new OutgoingTable([.. names.Select(n => ColumnMeanings.Of(n, view.Name))], provenance, QueryRows.ReadAsync(ledger, command =>
        {
            command.CommandText = sql.ToString();
            foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        }, cancellation)) { Name = view.Name, Unicode = new HashSet<string> { "parameters_json", "label_set" } };
    }

    async Task<List<string>> ColumnsAsync(AnalyticsView view, CancellationToken cancellation)
    {
        return await ledger.AskAsync<List<string>>(async connection =>
        {
            await using var command = new NpgsqlCommand($"select * from public.{view.Name} limit 0", connection);
            await using var reader = await command.ExecuteReaderAsync(cancellation);
            return [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)];
        }, cancellation);
    }

    static (string Sql, List<object> Values) Where(ViewRows rows, List<string> columns)
    {
        var (parts, values) = (new List<string>(), new List<object>());
        if (rows.RunId is { } run && columns.Contains("run_1_id")) Add("(run_1_id = {0} or run_2_id = {0})", "run_1_id", run);
        else if (rows.RunId is { } only) Add("run_id = {0}", "run_id", only);
        if (rows.RunType is { } type) Add("run_type = {0}", "run_type", type);
        if (rows.Algorithm is { } algorithm) Add("algorithm = {0}", "algorithm", algorithm);
        if (rows.DatasetId is { } dataset) Add("dataset_id = {0}", "dataset_id", dataset);
        if (rows.MinRuns is { } least) Add("runs >= {0}", "runs", least);
        if (rows.Cells is { } cells) Add("healpix_6 = any({0})", "healpix_6", cells.ToArray());
        if (rows.MinSimilarity is { } similarity) Add("jaccard_similarity >= {0}", "jaccard_similarity", similarity);
        if (rows.PeriodType is { } period) Add("period_type = {0}", "period_type", period);
        if (rows.LabelSet is { } labels) Add("label_set = {0}", "label_set", labels);
        return (parts.Count == 0 ? "" : $" where {string.Join(" and ", parts)}", values);

        void Add(string condition, string column, object value)
        {
            if (!columns.Contains(column)) throw new ArgumentException($"the view has no column {column}", nameof(rows));
            values.Add(value);
            parts.Add(condition.Replace("{0}", $"${values.Count}", StringComparison.Ordinal));
        }
    }

    static string Order(AnalyticsView view, string? sort)
    {
        var columns = view.Name == AnalyticsViews.Parameters.Name ? SortColumns.Parameters.Columns
            : view.Name == AnalyticsViews.Coverage.Name ? SortColumns.Coverage.Columns
            : view.Name == AnalyticsViews.Quality.Name ? SortColumns.Quality.Columns : [];
        if (columns.Count == 0) return Orders[view.Name];
        var by = sort ?? columns[0];
        // Only names of the list come into the SQL.
        return columns.Contains(by) ? $"{by} desc nulls last, {Orders[view.Name]}" : throw LedgerException.Invalid("sort", $"sort is '{by}', expected {string.Join(" or ", columns)}");
    }

    static string Describe(ViewRows rows, string order)
    {
        var parts = new List<string>();
        if (rows.RunId is { } run) parts.Add($"run {run}");
        if (rows.RunType is { } type) parts.Add($"{type} runs");
        if (rows.Algorithm is { } algorithm) parts.Add($"algorithm {algorithm}");
        if (rows.DatasetId is { } dataset) parts.Add($"dataset {dataset}");
        if (rows.MinRuns is { } least and > 0) parts.Add($"at least {least} runs");
        if (rows.Cells is { } cells) parts.Add($"{cells.Count} cells of the sky");
        if (rows.MinSimilarity is { } similarity and > 0) parts.Add(FormattableString.Invariant($"a similarity of at least {similarity}"));
        if (rows.PeriodType is { } period) parts.Add($"by {period}");
        if (rows.LabelSet is { } labels) parts.Add($"the label set {labels}");
        var which = parts.Count == 0 ? "all" : string.Join(", ", parts);
        return $"{(rows.Limit is { } limit ? $"the first {limit} of " : "")}{which}; order: {order}";
    }
}
