using System.Globalization;
using Almagest.Charts.Drawing;
using Almagest.Charts.Pictures;
using Almagest.Charts.Selecting;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Kinds;
using Almagest.Runs.Lifecycle;

namespace Almagest.Dashboard.Pages;

/// <summary>Stars that a form takes, or leaves out, because a run names them: by their ids, so that what is stored with the new run says
/// them all.</summary>
/// <param name="Only">null = all</param>
/// <param name="Without">null = none</param>
/// <param name="Words">what is taken and left out</param>
internal sealed record TakenStars(DiscoveryRun Run, SourceIds? Only, SourceIds? Without, string Words)
{
    /// <summary>What an address asks for.</summary>
    /// <param name="of">the run; null = nothing</param>
    /// <param name="select">stars that are selected on its page; null = those that its filter names</param>
    /// <param name="withoutKinds">kinds of its flagged stars, with commas between</param>
    /// <exception cref="LedgerException">no such run or kind; the selection cannot be read, or is too large</exception>
    public static async Task<TakenStars?> ReadAsync(
        LedgerDatabase ledger,
        PictureStore pictures,
        RunKinds kinds,
        string? of,
        string? select,
        string? withoutKinds,
        CancellationToken cancellationToken
    )
    {
        if (string.IsNullOrEmpty(of))
            return null;
        var run = await new RunRepository(ledger).FindAsync(of, cancellationToken);
        var words = new List<string>();
        SourceIds? only,
            without = null;
        if (!string.IsNullOrEmpty(select))
        {
            only = await SelectedAsync(ledger, pictures, run, select, cancellationToken);
            words.Add($"only the {Stars(only.Count)} that {Are(only.Count)} selected there");
        }
        else
        {
            var filter = StarFilter.FromJson(run.DatasetFilter);
            (only, without) = (filter.Only, filter.Without);
            if (only is not null)
                words.Add($"only the {Stars(only.Count)} that it names");
            if (without is { Count: > 0 })
                words.Add($"without the {Stars(without.Count)} that it leaves out");
        }
        foreach (var text in (withoutKinds ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var kind))
                throw LedgerException.Invalid("without_kind", $"without_kind is '{text}', expected the number of a kind");
            var (name, ids) = await kinds.SourceIdsAsync(run.RunId, kind, cancellationToken);
            without = [.. without ?? [], .. ids];
            words.Add($"without the {Stars(ids.Count)} of its kind “{name}”");
        }
        return words.Count == 0 ? null : new TakenStars(run, only, without, string.Join("; ", words));
    }

    /// <summary>A filter with these stars beside those that it names itself.</summary>
    public StarFilter Narrow(StarFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return filter with
        {
            Only =
                Only is null ? filter.Only
                : filter.Only is null ? Only
                : [.. Only.Intersect(filter.Only, StringComparer.Ordinal)],
            Without = Without is null ? filter.Without : [.. Without, .. filter.Without ?? []],
        };
    }

    private static async Task<SourceIds> SelectedAsync(
        LedgerDatabase ledger,
        PictureStore pictures,
        DiscoveryRun run,
        string select,
        CancellationToken cancellationToken
    )
    {
        var stars = await new SelectionReader(ledger, pictures).ReadAsync(run, StarSelection.Parse(select), cancellationToken);
        if (stars.Length > SourceIds.Most)
            throw LedgerException.Invalid(
                "select",
                $"{DisplayText.Count(stars.Length)} stars are selected, and a run names {DisplayText.Count(SourceIds.Most)} at most",
                "Select fewer, or say them by ranges of columns."
            );
        return new SourceIds(await new StarNames(ledger).ReadAsync(stars, cancellationToken));
    }

    private static string Stars(int count) => CountText.Of(count, "star", "stars");

    private static string Are(int count) => count == 1 ? "is" : "are";
}
