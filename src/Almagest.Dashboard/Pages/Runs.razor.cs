using System.Globalization;
using Almagest.Charts.Drawing;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Dashboard.Shared;
using Almagest.Dashboard.Work;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Runs.Annotations;
using Almagest.Runs.Browsing;
using Almagest.Runs.Comparison;
using Almagest.Runs.Requests;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;

namespace Almagest.Dashboard.Pages;

/// <summary>The runs that fit, or those of one sweep, as a table that is sorted, chosen from and acted on. All that it shows is in its
/// address.</summary>
public partial class Runs
{
    private const int MostTicked = 1000;

    private static readonly RunTablePage s_none = new([], 0, 0, new HashSet<string>(), new HashSet<string>(), [], []);

    private readonly HashSet<Guid> _ticked = [];
    private RunListState _state = new();
    private RunTablePage _page = s_none;
    private IReadOnlyList<RunColumn> _all = [],
        _columns = [];
    private IReadOnlyList<SavedView> _views = [];
    private IReadOnlyList<string> _tags = [];
    private IReadOnlyList<Guid> _deleted = [];
    private SweepSummary? _sweep;
    private Dictionary<long, string> _names = [];
    private LedgerException? _wrong;
    private Timer? _watch;
    private string _viewName = "",
        _sweepDataset = "";
    private string? _done;
    private bool _following,
        _hasSelections;

    /// <summary>A saved view, which says all else. That it comes from the query also lets the page follow its address.</summary>
    [SupplyParameterFromQuery]
    public string? View { get; set; }

    [Inject]
    private IDashboardHost Host { get; set; } = null!;

    protected override async Task LoadAsync()
    {
        _views = await new SavedViews(Ledger).ListAsync(Closed);
        _state = StateOf(new Uri(Navigation.Uri).Query);
        _tags = await new RunAnnotations(Ledger).AllTagsAsync(Closed);
        _names = new Dictionary<long, string>(await new DatasetRepository(Ledger).NamesAsync(Closed));
        Guid? group = null;
        _sweep = null;
        if (_state.GroupId.Length > 0)
        {
            if (!Guid.TryParse(_state.GroupId, out var id))
                throw LedgerException.Invalid(
                    "group_id",
                    $"'{_state.GroupId}' is not the id of a sweep",
                    "Give the whole id, as the runs of the sweep say it."
                );
            _sweep = await SweepSummary.ReadAsync(Ledger, id, Closed);
            _sweepDataset = _names.GetValueOrDefault(_sweep.DatasetId, "");
            group = id;
        }
        await ReadAsync(group);
    }

    private RunListState StateOf(string query)
    {
        var asked = QueryHelpers.ParseQuery(query);
        if (!string.IsNullOrEmpty(View))
        {
            var name = View;
            var view =
                _views.FirstOrDefault(v => v.Name == name)
                ?? throw LedgerException.Of(
                    ErrorCode.SavedViewNotFound,
                    $"there is no saved view '{name}'",
                    "The list of runs has those that there are.",
                    "view"
                );
            _viewName = view.Name;
            asked = QueryHelpers.ParseQuery(view.Query);
        }
        return RunListState.Of(n => asked.TryGetValue(n, out var value) ? value.ToString() : null);
    }

    // What cannot be read is said above the table; the rest of the page stays.
    private async Task ReadAsync(Guid? group)
    {
        _wrong = null;
        try
        {
            var dataset =
                _state.Dataset.Length == 0
                    ? (long?)null
                    : (await new DatasetRepository(Ledger).FindAnyAsync(_state.Dataset, Closed)).DatasetId;
            _page = await new RunBrowser(Ledger).ReadAsync(
                new RunTableQuery(_state.ToQuery(dataset, group), _state.IsFolded, _state.Page, _state.Size),
                Closed
            );
        }
        catch (LedgerException e) when (e.Kind == LedgerErrorKind.Invalid)
        {
            (_wrong, _page) = (e, s_none);
        }
        // A column in which all are alike says nothing.
        _hasSelections = _page.Rows.Select(r => DisplayText.Selection(r.Run)).Distinct().Count() > 1;
        _all = RunColumn.All(_page);
        _columns = _state.Columns is { } chosen
            ? [.. chosen.Select(n => _all.FirstOrDefault(c => c.Name == n)).OfType<RunColumn>()]
            : RunColumn.Usual(_all, _page);
    }

    private string Address(RunListState state) => state.Text() is { Length: > 0 } query ? $"runs?{query}" : "runs";

    private void Show(RunListState state) => Navigation.NavigateTo(Address(state));

    private static string Said(ChangeEventArgs e) => e.Value?.ToString()?.Trim() ?? "";

    private void Pick(RunColumn column, bool shown) =>
        Show(_state with { Columns = [.. _all.Where(c => c == column ? shown : _columns.Contains(c)).Select(c => c.Name)] });

    private bool IsTicked(RunTableRow row) =>
        row.IsSweep
            ? _sweeps.TryGetValue(row.Run.GroupId!.Value, out var ids) && ids.All(_ticked.Contains)
            : _ticked.Contains(row.Run.RunId);

    /// <summary>The runs of sweeps that were ticked as one row.</summary>
    private readonly Dictionary<Guid, IReadOnlyList<Guid>> _sweeps = [];

    private async Task TickAsync(RunTableRow row, bool on)
    {
        foreach (var id in await IdsOfAsync(row))
        {
            if (!on)
                _ticked.Remove(id);
            else if (_ticked.Count < MostTicked)
                _ticked.Add(id);
        }
    }

    private async Task<IReadOnlyList<Guid>> IdsOfAsync(RunTableRow row)
    {
        if (!row.IsSweep)
            return [row.Run.RunId];
        var group = row.Run.GroupId!.Value;
        var dataset = _names.FirstOrDefault(n => n.Value == _state.Dataset);
        return _sweeps[group] = await new RunBrowser(Ledger).IdsAsync(
            _state.ToQuery(_state.Dataset.Length == 0 ? null : dataset.Key, group),
            MostTicked,
            Closed
        );
    }

    private async Task TickPageAsync(bool on)
    {
        foreach (var row in _page.Rows)
            await TickAsync(row, on);
    }

    private async Task TickAllAsync()
    {
        var dataset = _names.FirstOrDefault(n => n.Value == _state.Dataset);
        var ids = await new RunBrowser(Ledger).IdsAsync(
            _state.ToQuery(_state.Dataset.Length == 0 ? null : dataset.Key, _sweep?.GroupId),
            MostTicked,
            Closed
        );
        _ticked.Clear();
        _ticked.UnionWith(ids);
        foreach (var row in _page.Rows.Where(r => r.IsSweep))
            await IdsOfAsync(row);
    }

    private async Task DoneAsync(TickedOutcome outcome)
    {
        (_done, _deleted) = (outcome.Words, outcome.Deleted);
        _ticked.ExceptWith(outcome.Deleted);
        await ReloadAsync();
    }

    private async Task UndoAsync()
    {
        var ids = _deleted;
        _deleted = [];
        _wrong = await TryAsync(async () =>
        {
            var job = await Changes.RestoreRunsAsync(ids);
            await job.Completion;
            _done = job.State == JobState.Done ? job.Outcome : job.Trouble?.Message;
        });
        await ReloadAsync();
    }

    private async Task SaveViewAsync()
    {
        var refused = await TryAsync(() => Changes.SaveViewAsync(_viewName, _state.Text(), Closed));
        await ReloadAsync();
        (_wrong, _done) = (refused ?? _wrong, refused is null ? $"The view is saved as '{_viewName.Trim()}'." : null);
        _deleted = [];
    }

    private async Task RemoveViewAsync(string name)
    {
        var refused = await TryAsync(() => Changes.RemoveViewAsync(name, Closed));
        _views = await new SavedViews(Ledger).ListAsync(Closed);
        _wrong = refused;
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _watch = new Timer(_ => InvokeAsync(FollowAsync), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
    }

    private async Task FollowAsync()
    {
        var busy =
            _sweep?.IsOver == false
            || _page.Rows.Any(r => r.Statuses.ContainsKey(RunStatus.Pending) || r.Statuses.ContainsKey(RunStatus.Running));
        if (Closed.IsCancellationRequested || _following || !busy)
            return;
        _following = true;
        await ReloadAsync();
        _following = false;
        StateHasChanged();
    }

    private double? FractionOf(DiscoveryRun run) =>
        run.Status == RunStatus.Running ? (Host.ProgressOf(run.RunId)?.Percent ?? 0) / 100 : null;

    private string Of(RunTableRow row) => DisplayText.Datasets(row.Run, _names);

    private static string NameOf(RunTableRow row) =>
        row.IsSweep ? $"sweep {DisplayText.Short(row.Run.GroupId!.Value)}" : $"run {DisplayText.Short(row.Run.RunId)}";

    private string SweepAddress(RunTableRow row) =>
        Address(_state with { GroupId = row.Run.GroupId!.Value.ToString(), Page = 1, IsFolded = false, Sort = "created", Dataset = "" });

    private string Subtitle() =>
        _state.IsWhole
            ? $"{DisplayText.Count(_page.Runs)} in the ledger"
            : $"{DisplayText.Count(_page.Runs)} {(_page.Runs == 1 ? "fits" : "fit")}";

    private string Heading()
    {
        var runs = CountText.Of(_page.Runs, "run", "runs");
        if (_page.TotalRows < _page.Runs)
            runs += $" in {CountText.Of(_page.TotalRows, "row", "rows")}";
        return _state.Sort switch
        {
            "-created" => $"{runs}, newest first",
            "created" => _sweep is null ? $"{runs}, oldest first" : $"{runs}, in the order of the sweep",
            var sort => $"{runs}, by {sort.TrimStart('-').Replace('_', ' ')}",
        };
    }

    private static string Statuses(SweepSummary s) =>
        string.Join(
            ", ",
            RunStatus
                .All.Where(status => s.Statuses[status] > 0)
                .Select(status => string.Create(CultureInfo.InvariantCulture, $"{s.Statuses[status]} {status}"))
        );

    /// <summary>The page that compares runs; null of fewer than two.</summary>
    internal static string? Comparison(IEnumerable<Guid> complete)
    {
        var ids = complete.Take(ComparedRuns.Most).ToList();
        return ids.Count < 2 ? null : $"compare?runs={string.Join(',', ids)}";
    }

    protected override void Dispose(bool disposing)
    {
        _watch?.Dispose();
        base.Dispose(disposing);
    }
}
