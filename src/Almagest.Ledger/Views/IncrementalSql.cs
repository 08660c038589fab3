using System.Text.RegularExpressions;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views.Descriptors;

namespace Almagest.Ledger.Views;

/// <summary>
/// The SQL of mode incremental: its schema, and the views over it. It is put together of what several views need, in the folder
/// <c>Incremental</c>, and of the parts of each view's folder, all optional: <c>tables</c> and <c>functions</c> of its own; <c>apply</c>,
/// what is done when a run completes (<c>apply.first</c>: before the run has its row in <c>view_summaries.runs</c>), and <c>undo</c> when
/// it is deleted; <c>set</c> and <c>set.undo</c> for a set of stars that is met first or last; <c>watch</c> and <c>unwatch</c>, triggers on
/// the catalogue.
/// </summary>
internal static partial class IncrementalSql
{
    // "AlmModes" and "AlmApply"; the triggers have the same numbers.
    public const long ModeLock = 0x416C6D4D6F646573;
    public const long ApplyLock = 0x416C6D4170706C79;

    public const string Schema = "view_summaries";

    /// <summary>Tables that several views need.</summary>
    private static readonly string[] s_sharedTables = ["star_sets", "star_set_blocks", "runs"];

    /// <summary>Summary tables, functions and triggers.</summary>
    public static string Install() => $"{Definition}\ncomment on schema {Schema} is '{Fingerprint}';\n";

    private static string Definition { get; } =
        string.Join(
            "\n",
            [
                Shared("tables"),
                Shared("layout"),
                .. Parts("tables"),
                Shared("apply_run"),
                Shared("undo_run"),
                Shared("triggers"),
                .. Parts("functions"),
                Shared("writers"),
                Notes(),
            ]
        );

    /// <summary>Kept as the schema's comment, as <see cref="AnalyticsView.Fingerprint"/> is a view's.</summary>
    public static string Fingerprint { get; } = AnalyticsView.FingerprintOf(Definition + WatchCatalogue());

    /// <summary>Takes all of it away, where it is there; the views over it must be gone.</summary>
    public static string Uninstall() => UnwatchCatalogue() + Shared("uninstall");

    /// <summary>
    /// Made when a conversion to mode incremental begins, dropped when it is left: to hand the changed rows to a trigger, PostgreSQL keeps
    /// a copy of each row that a load writes, which mode refresh has no use for.
    /// </summary>
    public static string WatchCatalogue() => string.Concat(Parts("watch"));

    public static string UnwatchCatalogue() => string.Concat(Parts("unwatch"));

    /// <summary>The triggers that note what is to be refreshed; on a distributed ledger those of its tables are left out.</summary>
    public static string Notes() => Shared("notes");

    public static string Clear() => $"truncate {Tables()};\n";

    public static string Analyze() => $"analyze {Tables()}";

    private static string Tables() =>
        string.Join(", ", s_sharedTables.Concat(AnalyticsViews.All.SelectMany(v => v.SummaryTables)).Select(t => $"{Schema}.{t}"));

    /// <summary>The view of the same name over the summary tables; of its definition, where it has none.</summary>
    public static string CreateView(AnalyticsView view, bool isDistributed) =>
        $"""
            create view public.{view.Name} as
            {Select(view, isDistributed)};
            comment on view public.{view.Name} is '{FingerprintOf(view, isDistributed)}';
            """;

    /// <summary>The comment of the view over the summary tables.</summary>
    public static string FingerprintOf(AnalyticsView view, bool isDistributed) =>
        AnalyticsView.FingerprintOf(Select(view, isDistributed) + view.Registration);

    // On a distributed ledger a view reads nothing of other machines, which no snapshot covers.
    private static string Select(AnalyticsView view, bool isDistributed) =>
        (isDistributed ? view.Part("incremental.distributed") : null) ?? view.Part("incremental") ?? view.Definition;

    /// <summary>What is behind each view: its name, its rows where they are counted cheaply, and the bytes of its tables.</summary>
    public static string Sizes() =>
        $"""
            with tables as (select relname, pg_total_relation_size(oid) as bytes from pg_class where relnamespace = '{Schema}'::regnamespace
              and relkind = 'r')
            select v.view_name,
                   case v.view_name
            {string.Concat(
                AnalyticsViews.All.Where(v => v.CountSql is not null).Select(v => $"         when '{v.Name}' then ({v.CountSql})\n")
            )}
                   end,
                   coalesce((select sum(t.bytes)::bigint from tables t where t.relname = any (
                     case v.view_name
            {string.Concat(
                AnalyticsViews.All.Select(v =>
                    $"           when '{v.Name}' then '{{{string.Join(',', v.SummaryTables.Concat(v.AlsoStoredIn))}}}'\n"
                )
            )}
                     else '{"{}"}' end::text[])), 0)
            from public.analytics_views v
            """;

    private static IEnumerable<string> Parts(string name) =>
        AnalyticsViews.All.Select(v => v.Part(name)).OfType<string>().Select(part => part + "\n");

    // A line of a name in double braces is replaced by the parts of that name, indented as it is; what undoes, in the opposite order.
    private static string Shared(string name) =>
        Placeholder()
            .Replace(
                EmbeddedSql.Read($"Views.Incremental.{name}.sql"),
                place =>
                {
                    var (indent, part) = (place.Groups[1].Value, place.Groups[2].Value);
                    var parts = part.EndsWith("undo", StringComparison.Ordinal) ? Parts(part).Reverse() : Parts(part);
                    return string.Join("\n", parts.Select(text => LineStart().Replace(text.TrimEnd(), indent))) + "\n";
                }
            );

    [GeneratedRegex(@"^( *)\{\{([\w.]+)\}\}\n", RegexOptions.Multiline)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^(?=.)", RegexOptions.Multiline)]
    private static partial Regex LineStart();
}
