using Almagest.Ledger.Database;

namespace Almagest.Ledger.Views;

/// <summary>The SQL of mode incremental: its schema, and the views over it.</summary>
internal static class IncrementalSql
{
    // "AlmModes" and "AlmApply"; the triggers have the same numbers.
    public const long ModeLock = 0x416C6D4D6F646573;
    public const long ApplyLock = 0x416C6D4170706C79;

    const string AllRuns = "where is_complete\n)";

    public const string Schema = "view_summaries";

    /// <summary>Summary tables, functions and triggers.</summary>
    public static string Install() => $"{Definition}\ncomment on schema {Schema} is '{Fingerprint}';\n";

    static string Definition { get; } = string.Join("\n", Part("tables"), QualityOf(), Part("apply_run"), Part("undo_run"), Part("triggers"), Part("notes"));

    /// <summary>Kept as the schema's comment, as <see cref="AnalyticsView.Fingerprint"/> is a view's.</summary>
    public static string Fingerprint { get; } = AnalyticsView.FingerprintOf(Definition + WatchCatalogue());

    /// <summary>Takes all of it away, where it is there; the views over it must be gone.</summary>
    public static string Uninstall() => UnwatchCatalogue() + Part("uninstall");

    public static string WatchCatalogue() => Part("watch_catalogue");

    public static string UnwatchCatalogue() => Part("unwatch_catalogue");

    public static string Clear() => Part("clear");

    /// <summary>The view of the same name over the summary tables. The timeline is small enough to be computed when read.</summary>
    public static string CreateView(AnalyticsView view) => $"""
        create view public.{view.Name} as
        {Select(view)};
        comment on view public.{view.Name} is '{FingerprintOf(view)}';
        """;

    /// <summary>The comment of the view over the summary tables.</summary>
    public static string FingerprintOf(AnalyticsView view) => AnalyticsView.FingerprintOf(Select(view) + view.Registration);

    static string Select(AnalyticsView view) => view == AnalyticsViews.Timeline ? view.Definition : Part($"Views.{view.Name}").TrimEnd();

    /// <summary>The definition of the quality view, for one run: one text, two uses.</summary>
    static string QualityOf()
    {
        var parts = AnalyticsViews.Quality.Definition.Split(AllRuns);
        if (parts.Length != 2) throw new InvalidOperationException("the definition of mv_discovery_quality must list the complete runs once");
        return $"""
            create function view_summaries.quality_of(target uuid) returns setof view_summaries.quality language sql stable
            -- No statistics know of this run yet: a nested loop, which suits one star, would look at every star's label by itself, and at all ranks for each.
            set enable_nestloop = off as $$
            {parts[0]}where is_complete and run_id = target
            ){parts[1]}
            $$;
            """;
    }

    static string Part(string name) => EmbeddedSql.Read($"Views.Incremental.{name}.sql");
}
