using System.Globalization;
using Almagest.Charts.Drawing;
using Almagest.Contract.Errors;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Runs.Comparison;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;
using Microsoft.AspNetCore.Components;

namespace Almagest.Dashboard.Pages;

/// <summary>The runs that fit a filter, or those of one sweep in its own order, with what they found together.</summary>
public partial class Runs
{
    const int PageSize = 50, SweepPageSize = 200;

    IReadOnlyList<DiscoveryRun> runs = [];
    SweepSummary? sweep;
    Dictionary<long, string> names = [];
    Guid? next;
    Timer? watch;

    [SupplyParameterFromQuery] public string? Type { get; set; }
    [SupplyParameterFromQuery] public string? Status { get; set; }
    [SupplyParameterFromQuery] public string? Dataset { get; set; }
    [SupplyParameterFromQuery] public string? Before { get; set; }

    /// <summary>Only the runs of this sweep.</summary>
    [SupplyParameterFromQuery(Name = "group_id")] public string? GroupId { get; set; }
    [SupplyParameterFromQuery] public string? After { get; set; }

    protected override async Task LoadAsync()
    {
        var datasets = new DatasetRepository(Ledger);
        names = (await datasets.ListAsync(Closed)).ToDictionary(d => d.DatasetId, d => d.Name);
        if (string.IsNullOrEmpty(GroupId))
        {
            var dataset = string.IsNullOrEmpty(Dataset) ? (long?)null : (await datasets.FindAsync(Dataset, Closed)).DatasetId;
            await ListAsync(new RunQuery(OrNull(Type), OrNull(Status), dataset, PageSize + 1, Guid.TryParse(Before, out var before) ? before : null));
            sweep = null;
            return;
        }
        if (!Guid.TryParse(GroupId, out var group)) throw LedgerException.Invalid("group_id", $"'{GroupId}' is no id of a sweep", "Give the whole id, as the runs of the sweep say it.");
        var whole = await SweepSummary.ReadAsync(Ledger, group, Closed);
        await ListAsync(new RunQuery(Limit: SweepPageSize + 1) { GroupId = group, Sort = RunOrder.Oldest, After = OrNull(After) });
        if (runs.Count == 0)
            throw LedgerException.Of(ErrorCode.SweepNotFound, $"sweep {group} has no more runs", "Go back to its first ones.");
        sweep = whole;
    }

    async Task ListAsync(RunQuery query)
    {
        var found = await new RunRepository(Ledger).ListAsync(query, Closed);
        runs = [.. found.Take(query.Limit - 1)];
        next = found.Count == query.Limit ? runs[^1].RunId : null;
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender) watch = new Timer(_ => InvokeAsync(FollowAsync), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    async Task FollowAsync()
    {
        if (Closed.IsCancellationRequested || sweep?.IsOver != false && !runs.Any(r => r.Status is RunStatus.Pending or RunStatus.Running)) return;
        await ReloadAsync();
        StateHasChanged();
    }

    string Heading() => sweep is { } s ? runs.Count == s.Runs ? $"{DisplayText.Count(s.Runs)} runs, in the order of the sweep" : $"{DisplayText.Count(runs.Count)} of {DisplayText.Count(s.Runs)} runs, in the order of the sweep"
        : runs.Count == 0 ? "Runs" : runs.Count == 1 ? "1 run" : $"{DisplayText.Count(runs.Count)}{(next is null ? "" : "+")} runs, newest first";

    static string Statuses(SweepSummary s) =>
        string.Join(", ", RunStatus.All.Where(status => s.Statuses[status] > 0).Select(status => string.Create(CultureInfo.InvariantCulture, $"{s.Statuses[status]} {status}")));

    // What the page of comparisons takes.
    string? Comparison()
    {
        var complete = runs.Where(r => r.IsComplete).Select(r => r.RunId).Take(ComparedRuns.Most).ToList();
        return complete.Count < 2 ? null : $"/compare?runs={string.Join(',', complete)}";
    }

    static string? OrNull(string? text) => string.IsNullOrEmpty(text) ? null : text;

    protected override void Dispose(bool disposing)
    {
        watch?.Dispose();
        base.Dispose(disposing);
    }
}
