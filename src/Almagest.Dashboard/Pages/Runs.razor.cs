using System.Globalization;
using Almagest.Charts.Drawing;
using Almagest.Contract.Errors;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Runs.Comparison;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;
using Almagest.Runs.Requests;
using Microsoft.AspNetCore.Components;

namespace Almagest.Dashboard.Pages;

/// <summary>The runs that fit a filter, or those of one sweep in its own order, with what they found together.</summary>
public partial class Runs
{
    private const int PageSize = 50,
        SweepPageSize = 200;

    private IReadOnlyList<DiscoveryRun> _runs = [];
    private SweepSummary? _sweep;
    private Dictionary<long, string> _names = [];
    private Guid? _next;
    private Timer? _watch;

    [SupplyParameterFromQuery]
    public string? Type { get; set; }

    [SupplyParameterFromQuery]
    public string? Status { get; set; }

    [SupplyParameterFromQuery]
    public string? Dataset { get; set; }

    [SupplyParameterFromQuery]
    public string? Before { get; set; }

    /// <summary>Only the runs of this sweep.</summary>
    [SupplyParameterFromQuery(Name = "group_id")]
    public string? GroupId { get; set; }

    [SupplyParameterFromQuery]
    public string? After { get; set; }

    protected override async Task LoadAsync()
    {
        var datasets = new DatasetRepository(Ledger);
        _names = (await datasets.ListAsync(Closed)).ToDictionary(d => d.DatasetId, d => d.Name);
        if (string.IsNullOrEmpty(GroupId))
        {
            var dataset = string.IsNullOrEmpty(Dataset) ? (long?)null : (await datasets.FindAsync(Dataset, Closed)).DatasetId;
            await ListAsync(
                new RunQuery(OrNull(Type), OrNull(Status), dataset, PageSize + 1, Guid.TryParse(Before, out var before) ? before : null)
            );
            _sweep = null;
            return;
        }
        if (!Guid.TryParse(GroupId, out var group))
            throw LedgerException.Invalid(
                "group_id",
                $"'{GroupId}' is not the id of a sweep",
                "Give the whole id, as the runs of the sweep say it."
            );
        var whole = await SweepSummary.ReadAsync(Ledger, group, Closed);
        await ListAsync(
            new RunQuery(Limit: SweepPageSize + 1)
            {
                GroupId = group,
                Sort = RunOrder.Oldest,
                After = OrNull(After),
            }
        );
        if (_runs.Count == 0)
            throw LedgerException.Of(ErrorCode.SweepNotFound, $"sweep {group} has no more runs", "Go back to its first ones.");
        _sweep = whole;
    }

    private async Task ListAsync(RunQuery query)
    {
        var found = await new RunRepository(Ledger).ListAsync(query, Closed);
        _runs = [.. found.Take(query.Limit - 1)];
        _next = found.Count == query.Limit ? _runs[^1].RunId : null;
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender)
            _watch = new Timer(_ => InvokeAsync(FollowAsync), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    private async Task FollowAsync()
    {
        if (
            Closed.IsCancellationRequested
            || _sweep?.IsOver != false && !_runs.Any(r => r.Status is RunStatus.Pending or RunStatus.Running)
        )
            return;
        await ReloadAsync();
        StateHasChanged();
    }

    private string Heading() =>
        _sweep is { } s
            ? _runs.Count == s.Runs
                ? $"{DisplayText.Count(s.Runs)} runs, in the order of the sweep"
                : $"{DisplayText.Count(_runs.Count)} of {DisplayText.Count(s.Runs)} runs, in the order of the sweep"
            : _runs.Count == 0
                ? "Runs"
                : _runs.Count == 1
                    ? "1 run"
                    : $"{DisplayText.Count(_runs.Count)}{(_next is null ? "" : "+")} runs, newest first";

    private static string Statuses(SweepSummary s) =>
        string.Join(
            ", ",
            RunStatus
                .All.Where(status => s.Statuses[status] > 0)
                .Select(status => string.Create(CultureInfo.InvariantCulture, $"{s.Statuses[status]} {status}"))
        );

    // What the page of comparisons takes.
    private string? Comparison()
    {
        var complete = _runs.Where(r => r.IsComplete).Select(r => r.RunId).Take(ComparedRuns.Most).ToList();
        return complete.Count < 2 ? null : $"compare?runs={string.Join(',', complete)}";
    }

    private static string? OrNull(string? text) => string.IsNullOrEmpty(text) ? null : text;

    protected override void Dispose(bool disposing)
    {
        _watch?.Dispose();
        base.Dispose(disposing);
    }
}
