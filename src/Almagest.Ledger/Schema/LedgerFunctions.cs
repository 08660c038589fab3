using Almagest.Ledger.Database;
using Almagest.Ledger.Views.Descriptors;

namespace Almagest.Ledger.Schema;

/// <summary>
/// A function of the schema <c>public</c>, mostly of a trigger. A migration makes it first; the repeatable scripts keep it as the file of
/// its name says.
/// </summary>
internal sealed record LedgerFunction(string Name)
{
    private readonly string _text = EmbeddedSql.Read($"Schema.Functions.{Name}.sql");

    /// <summary>Kept as the function's comment.</summary>
    public string Fingerprint => AnalyticsView.FingerprintOf(_text);

    public string CreateSql() => $"{_text}\ncomment on function public.{Name} is '{Fingerprint}';\n";
}

internal static class LedgerFunctions
{
    public static readonly IReadOnlyList<LedgerFunction> All =
    [
        new("delete_dataset_stars"),
        new("delete_deleted_rows"),
        new("delete_match_links"),
        new("delete_run_exclusions"),
        new("delete_run_results"),
        new("delete_run_set"),
        new("keep_complete_run"),
        new("mark_views_changed"),
        new("missing_runs"),
        new("record_run_change"),
        new("record_table_change"),
        new("release_analysed_set"),
    ];
}
