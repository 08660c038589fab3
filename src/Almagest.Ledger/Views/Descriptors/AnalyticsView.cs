using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Almagest.Contract.Columns;
using Almagest.Ledger.Database;

namespace Almagest.Ledger.Views.Descriptors;

/// <summary>
/// One query-optimized view, described once: what it holds, how it is kept, how it is asked. Its folder has this descriptor, the type of
/// its rows, and its SQL; queries, routes, exports, TAP, the API document, the command line and the docs are made from it.
/// </summary>
/// <remarks>
/// The SQL of a view's folder: <c>definition.sql</c>, the SELECT that is the specification; <c>incremental.sql</c>, the view over summary
/// tables (the definition itself where there is none); and its parts of the schema of mode incremental, see <see cref="IncrementalSql"/>. A
/// text in double braces stands for one of <see cref="Texts"/>. All of it may be changed in place: it is a repeatable script
/// (<see cref="Schema.RepeatableScripts"/>). Migrations hold frozen texts of their own.
/// </remarks>
public abstract partial class AnalyticsView
{
    private readonly Lazy<string> _definition;

    private protected AnalyticsView() => _definition = new Lazy<string>(() => Part("definition")!);

    /// <summary>The relation, <c>mv_…</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What a row is, in one line.</summary>
    public required string Description { get; init; }

    /// <summary>The unique key.</summary>
    public required IReadOnlyList<string> Key { get; init; }

    /// <summary>In their order; of the properties of the row's type one each, see <see cref="ViewRow"/>.</summary>
    public required IReadOnlyList<Column> Columns { get; init; }

    /// <summary>What the row's type computes from the columns: part of JSON answers, not of the relation and of tables.</summary>
    public IReadOnlyList<Column> Computed { get; init; } = [];

    /// <summary>Types of the runs that touch it.</summary>
    public required IReadOnlyList<string> RunTypes { get; init; }

    /// <summary>Whether every change of such a run touches it, not its completion and deletion alone.</summary>
    public bool EveryChange { get; init; }

    /// <summary>Further indexes in mode refresh, for the look-ups of the routes: name suffix and column list.</summary>
    public IReadOnlyList<(string Suffix, string Columns)> LookupIndexes { get; init; } = [];

    /// <summary>Tables whose every change touches the view, besides the runs: <c>stars</c>, <c>star_labels</c>,
    /// <c>in_place_cells</c>; <c>kept_stars</c> are stars that runs over catalogues in place store.</summary>
    public IReadOnlyList<string> Tables { get; init; } = [];

    /// <summary>Views that its definition reads; they are refreshed before it.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>Further summary tables that hold its rows, besides those of its folder.</summary>
    public IReadOnlyList<string> AlsoStoredIn { get; init; } = [];

    /// <summary>Counts its rows in mode incremental, where that is cheap; null where it is not.</summary>
    public string? CountSql { get; init; }

    /// <summary>The usual order of the rows, as SQL; it is total.</summary>
    public required string Order { get; init; }

    /// <summary>Columns by which the rows can be sorted, largest or newest first, nulls last; the first is the default. None: always the
    /// usual order, which otherwise follows them.</summary>
    public IReadOnlyList<string> SortColumns { get; init; } = [];

    /// <summary>By what rows can be chosen.</summary>
    public IReadOnlyList<ViewFilter> Filters { get; init; } = [];

    /// <summary>Its route below <c>/analytics/discovery</c>; null where it has none of the usual form.</summary>
    public ViewRoute? Route { get; init; }

    /// <summary>Its command below <c>analytics</c>; null = none.</summary>
    public ViewCommand? Command { get; init; }

    /// <summary>Texts that its SQL names in double braces.</summary>
    internal IReadOnlyDictionary<string, Func<string>> Texts { get; init; } = new Dictionary<string, Func<string>>();

    public abstract Type RowType { get; }

    /// <summary>Does something that needs the type of the rows.</summary>
    public abstract TResult Accept<TResult>(IViewVisitor<TResult> visitor);

    /// <summary>The SELECT that defines the view, without a final semicolon.</summary>
    public string Definition => _definition.Value;

    /// <summary>Its own summary tables.</summary>
    internal IEnumerable<string> SummaryTables =>
        Part("tables") is { } tables ? SummaryTable().Matches(tables).Select(m => m.Groups[1].Value) : [];

    /// <summary>A part of its SQL, without the blank line at its end; null where its folder has none of that name.</summary>
    internal string? Part(string name)
    {
        // The folder is the namespace of the row's type: Almagest.Ledger.Views.Timeline.
        var folder = RowType.Namespace!.Split('.')[^1];
        if (EmbeddedSql.Find($"Views.{folder}.{name}.sql")?.TrimEnd() is not { } text)
            return null;
        return Placeholder()
            .Replace(
                text,
                m =>
                    Texts.TryGetValue(m.Groups[1].Value, out var value)
                        ? value()
                        : throw new InvalidOperationException($"{Name} has no text for {m.Value}")
            );
    }

    [GeneratedRegex(@"\{\{(\w+)\}\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"create table view_summaries\.(\w+)")]
    private static partial Regex SummaryTable();

    /// <summary>Fingerprint of all that makes the materialized view, kept as its comment, to tell a view of today from one of
    /// yesterday.</summary>
    public string Fingerprint => FingerprintOf(CreateUncommented("") + Registration);

    internal static string FingerprintOf(string definition) =>
        "almagest definition " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(definition)))[..16];

    public string KeyIndex => $"ux_{Name}";

    /// <summary>Its indexes in mode refresh, the key's first.</summary>
    public IEnumerable<string> IndexNames() => [KeyIndex, .. LookupIndexes.Select(i => LookupIndex(i.Suffix))];

    private string LookupIndex(string suffix) => $"ix_{Name}_{suffix}";

    private string DefinitionOver(string suffix) =>
        DependsOn.Aggregate(Definition, (sql, view) => sql.Replace($"public.{view} ", $"public.{view}{suffix} ", StringComparison.Ordinal));

    /// <summary>Creates the materialized view with its indexes.</summary>
    /// <param name="suffix">for all names, those of the views it is computed from included, while other relations have the names
    /// themselves</param>
    public string CreateMaterializedSql(string suffix = "")
    {
        var sql = new StringBuilder(CreateUncommented(suffix));
        sql.Append("comment on materialized view public.").Append(Name).Append(suffix).Append(" is '").Append(Fingerprint).Append("';\n");
        return sql.ToString();
    }

    private string CreateUncommented(string suffix)
    {
        var sql = new StringBuilder();
        sql.Append("create materialized view public.")
            .Append(Name)
            .Append(suffix)
            .Append(" as\n")
            .Append(DefinitionOver(suffix))
            .Append(";\n");
        sql.Append("create unique index ")
            .Append(KeyIndex)
            .Append(suffix)
            .Append(" on public.")
            .Append(Name)
            .Append(suffix)
            .Append(" (")
            .AppendJoin(", ", Key)
            .Append(");\n");
        foreach (var (name, columns) in LookupIndexes)
            sql.Append("create index ")
                .Append(LookupIndex(name))
                .Append(suffix)
                .Append(" on public.")
                .Append(Name)
                .Append(suffix)
                .Append(" (")
                .Append(columns)
                .Append(");\n");
        return sql.ToString();
    }

    /// <summary>Says in the database which changes touch it: a row of <c>analytics_views</c>, whose version goes on where there is
    /// one.</summary>
    public string Registration =>
        $"""
            insert into public.analytics_views (view_name, run_types, every_change, tables)
            values ('{Name}', {TextArray(RunTypes)}, {(EveryChange ? "true" : "false")}, {TextArray(Tables)})
            on conflict (view_name) do update set run_types = excluded.run_types, every_change = excluded.every_change,
              tables = excluded.tables;

            """;

    private static string TextArray(IReadOnlyList<string> values) => $"array[{string.Join(", ", values.Select(v => $"'{v}'"))}]::text[]";
}

/// <summary>A view whose rows are read as <typeparamref name="TRow"/>.</summary>
public sealed class AnalyticsView<TRow> : AnalyticsView
    where TRow : class
{
    public override Type RowType => typeof(TRow);

    public override TResult Accept<TResult>(IViewVisitor<TResult> visitor)
    {
        ArgumentNullException.ThrowIfNull(visitor);
        return visitor.Visit(this);
    }
}

/// <summary>Something that is done with views of any type of rows.</summary>
public interface IViewVisitor<out TResult>
{
    TResult Visit<TRow>(AnalyticsView<TRow> view)
        where TRow : class;
}
