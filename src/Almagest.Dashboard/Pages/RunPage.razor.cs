using System.Globalization;
using System.Text.Json;
using Almagest.Charts.Drawing;
using Almagest.Charts.Pictures;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views.ClusterSizes;
using Almagest.Ledger.Views.Quality;
using Almagest.Ledger.Views.Queries;
using Almagest.Ledger.Views.RunStats;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Replay;
using Almagest.Runs.Results;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Almagest.Dashboard.Pages;

/// <summary>One run: what was run, what it found, and where.</summary>
public partial class RunPage
{
    const int MostSelected = 200, TableRows = 300, DrawnStars = StarLayer.MostMarks, ShownClusters = RunCharts.ShownClusters, DrawnClusters = 12;

    DiscoveryRun? run;
    string dataset = "";
    RunStatsRow? stats;
    List<QualityRow> quality = [];
    List<ClusterSizeRow> clusters = [];
    List<StarResult> stars = [];
    RunProgress? progress;
    Timer? watch;

    IReadOnlyList<StarResult> selected = [];
    SelectionPicture? picture;
    RunScores? scores;
    Histogram? scoreHistogram;
    RunCharts? charts;
    string? histogram, sizes, missing;
    DotNetObjectReference<RunPage>? self;
    bool drawn, moved, busy;
    double contamination = 0.05, threshold;
    int count;
    LedgerException? refused;
    Guid? pictured;

    [Parameter] public string Id { get; set; } = "";

    /// <summary>Only the members of this cluster.</summary>
    [SupplyParameterFromQuery] public int? Cluster { get; set; }

    bool IsAnomaly => run?.RunType == RunTypes.Anomaly;

    protected override async Task LoadAsync()
    {
        run = await new RunRepository(Ledger).FindAsync(Id, Closed);
        progress = Host.ProgressOf(run.RunId);
        dataset = (await new DatasetRepository(Ledger).GetAsync(run.DatasetId, Closed)).Name;
        drawn = false;
        if (!run.IsComplete) return;
        var queries = new AnalyticsQueries(Ledger);
        stats = await queries.StatsOfAsync(run.RunId, Closed);
        quality = await queries.QualityAsync(run.RunId, cancellationToken: Closed);
        var results = new ResultRepository(Ledger);
        if (IsAnomaly)
        {
            stars = [.. (await results.PageAsync(run.RunId, new ResultQuery(AnomaliesOnly: true, ByScore: true, Limit: DrawnStars), Closed)).Items];
            if (!moved || pictured != run.RunId) contamination = Contamination(run) ?? 0.05;
        }
        else
        {
            clusters = await queries.ClusterSizesAsync(run.RunId, Closed);
            stars = [];
            foreach (var cluster in Cluster is { } one ? [one] : clusters.Take(DrawnClusters).Select(c => c.ClusterId))
            {
                if (stars.Count < DrawnStars)
                    stars.AddRange((await results.PageAsync(run.RunId, new ResultQuery(ClusterId: cluster, Limit: Cluster is null ? 400 : DrawnStars), Closed)).Items);
            }
            sizes = RunCharts.Sizes(clusters);
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender) watch = new Timer(_ => InvokeAsync(FollowAsync), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        if (drawn || !IsAnswered || run is not { IsComplete: true }) return;
        drawn = true;
        if (await TryAsync(DrawAsync) is { } trouble) missing = trouble.Message;
        StateHasChanged();
    }

    async Task FollowAsync()
    {
        if (Closed.IsCancellationRequested || run?.Status is not (RunStatus.Pending or RunStatus.Running)) return;
        await ReloadAsync();
        StateHasChanged();
    }

    async Task DrawAsync()
    {
        var current = run!;
        if (pictured != current.RunId)
        {
            // Another run: what was selected in the last one is not carried over.
            selected = [];
            self ??= DotNetObjectReference.Create(this);
            await Js.InvokeVoidAsync("almagest.watchSelection", self);
        }
        picture = await Pictures.SelectionAsync(current.DatasetId, StarFilter.FromJson(current.DatasetFilter));
        var marks = await Pictures.MarksAsync(current);
        var ids = picture.StarIds;
        charts = RunCharts.Of(current, picture, marks, stars, Cluster);
        if (IsAnomaly)
        {
            scores = await Pictures.ScoresAsync(current.RunId);
            scoreHistogram = Histogram.Of(scores.Ascending, 80);
            if (scoreHistogram is null) missing = "The run analysed no star.";
            Redraw();
        }
        pictured = current.RunId;
    }

    /// <summary>The stars that are selected in the browser.</summary>
    [JSInvokable]
    public async Task SelectedAsync(long[] ids)
    {
        if (ids is null || run is not { IsComplete: true }) return;
        selected = ids.Length == 0 ? [] : (await new ResultRepository(Ledger).PageAsync(run.RunId, new ResultQuery(Limit: MostSelected) { StarIds = ids }, Closed)).Items;
        StateHasChanged();
    }

    void Drag(ChangeEventArgs e)
    {
        if (!double.TryParse(e.Value?.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value)) return;
        contamination = Math.Clamp(value, 0.001, 0.5);
        moved = true;
        Redraw();
    }

    // What the histogram's line is dragged to is a score; what a run stores is the share of stars below it.
    void DragTo(double score)
    {
        if (scores is null) return;
        contamination = Math.Clamp((double)scores.Below(score) / Math.Max(1, scores.Ascending.Count), 0.001, 0.5);
        moved = true;
        Redraw();
    }

    void Redraw()
    {
        (threshold, count) = scores!.At(contamination);
        // At its own contamination the run is what is stored, to the last star.
        if (!moved) (threshold, count) = (0, (int)(stats?.AnomalyCount ?? count));
        histogram = scoreHistogram is { } all ? RunCharts.Scores(all, threshold, canDrag: true) : null;
    }

    async Task KeepAsync()
    {
        busy = true;
        Guid? made = null;
        refused = await TryAsync(async () => made = (await new RunRethresholder(Ledger).RethresholdAsync(run!.RunId, contamination, Closed)).RunId);
        busy = false;
        if (made is { } id) Navigation.NavigateTo($"/runs/{id}", forceLoad: true);
    }

    string FileName(string what) => $"run-{DisplayText.Short(run!.RunId)}-{what}";

    string TableTitle()
    {
        var total = IsAnomaly ? stats?.AnomalyCount ?? stars.Count : stars.Count;
        var what = IsAnomaly ? "Flagged stars, most anomalous first" : Cluster is { } c ? $"Members of cluster {c}" : "Members of the largest clusters";
        return total > TableRows && stars.Count > TableRows ? $"{what} (first {TableRows} of {DisplayText.Count(total)})" : what;
    }

    string ClustersTitle() => clusters.Count > ShownClusters
        ? $"Clusters (largest {ShownClusters} of {DisplayText.Count(clusters.Count)})"
        : "Clusters";

    string? WhyNoSizes() => clusters.Count > 0
        ? null
        : "This run found no cluster: all its stars are noise. A larger eps or fewer min_samples find more.";

    static double? Contamination(DiscoveryRun run)
    {
        using var document = JsonDocument.Parse(run.Parameters);
        return document.RootElement.TryGetProperty("contamination", out var c) ? c.GetDouble() : null;
    }

    protected override void Dispose(bool disposing)
    {
        watch?.Dispose();
        self?.Dispose();
        base.Dispose(disposing);
    }
}
