using System.Globalization;
using System.Text.Json;
using Almagest.Charts.Drawing;
using Almagest.Charts.Pictures;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Ledger.Views.ClusterSizes;
using Almagest.Ledger.Views.Quality;
using Almagest.Ledger.Views.Queries;
using Almagest.Ledger.Views.RunStats;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Resources;
using Almagest.Runs.Results;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Almagest.Dashboard.Pages;

/// <summary>One run: what was run, what it found, and where.</summary>
public partial class RunPage
{
    private const int MostSelected = 200,
        TableRows = 300,
        DrawnStars = StarLayer.MostMarks,
        ShownClusters = RunCharts.ShownClusters,
        DrawnClusters = 12;

    private DiscoveryRun? _run;
    private string _dataset = "";
    private RunStatsRow? _stats;
    private List<QualityRow> _quality = [];
    private List<ClusterSizeRow> _clusters = [];
    private Dictionary<int, ClusterResource> _described = [];
    private List<StarResult> _surest = [];
    private List<StarResult> _stars = [];
    private Timer? _watch;

    private IReadOnlyList<StarResult> _selected = [];
    private int _selectedCount;
    private IReadOnlyList<string> _behind = [];
    private SelectionPicture? _picture;
    private RunScores? _scores;
    private Histogram? _scoreHistogram;
    private RunCharts? _charts;
    private string? _histogram,
        _sizes,
        _missing;
    private DotNetObjectReference<RunPage>? _self;
    private bool _drawn,
        _moved,
        _busy,
        _following;
    private double _contamination = 0.05,
        _threshold;
    private int _count;
    private LedgerException? _refused;
    private Guid? _pictured;

    [Parameter]
    public string Id { get; set; } = "";

    /// <summary>Only the members of this cluster.</summary>
    [SupplyParameterFromQuery]
    public int? Cluster { get; set; }

    /// <summary>The order of the table: <c>flag_probability</c>, or most anomalous first.</summary>
    [SupplyParameterFromQuery]
    public string? Order { get; set; }

    /// <summary>Fewer labelled stars than this make no headline of a figure: one or two of them decide it.</summary>
    private const int LeastLabels = 20;

    // What is drawn stays the most anomalous stars, in whatever order they are listed.
    private IReadOnlyList<StarResult> Listed => ByChance && _surest.Count > 0 ? _surest : _stars;

    private bool ByChance => IsAnomaly && Order == "flag_probability";

    private bool HasChances => IsAnomaly && _stars.Exists(s => s.FlagProbability is not null);

    private bool IsAnomaly => _run?.RunType == RunTypes.Anomaly;

    protected override async Task LoadAsync()
    {
        _run = await new RunRepository(Ledger).FindAsync(Id, Closed);
        _dataset = (await new DatasetRepository(Ledger).GetAsync(_run.DatasetId, Closed)).Name;
        _drawn = false;
        if (!_run.IsComplete)
            return;
        // Asked before the views are: what is not behind now, is in them.
        _behind = await new ViewStatusReader(Ledger).BehindAsync(_run.RunId, Closed);
        var queries = new AnalyticsQueries(Ledger);
        _stats = await queries.StatsOfAsync(_run.RunId, Closed);
        _quality = await queries.QualityAsync(_run.RunId, cancellationToken: Closed);
        var results = new ResultRepository(Ledger);
        if (IsAnomaly)
        {
            _stars =
            [
                .. (
                    await results.PageAsync(_run.RunId, new ResultQuery(AnomaliesOnly: true, ByScore: true, Limit: DrawnStars), Closed)
                ).Items,
            ];
            _surest = ByChance
                ?
                [
                    .. (
                        await results.PageAsync(
                            _run.RunId,
                            new ResultQuery(AnomaliesOnly: true, Limit: TableRows) { ByFlagProbability = true },
                            Closed
                        )
                    ).Items,
                ]
                : [];
            if (!_moved || _pictured != _run.RunId)
                _contamination = Contamination(_run) ?? 0.05;
        }
        else
        {
            _clusters = await queries.ClusterSizesAsync(_run.RunId, Closed);
            _described = (await ClusterResources.LargestAsync(Ledger, _run, ShownClusters, Closed)).ToDictionary(c => c.ClusterId);
            _stars = [];
            foreach (var cluster in Cluster is { } one ? [one] : _clusters.Take(DrawnClusters).Select(c => c.ClusterId))
            {
                if (_stars.Count < DrawnStars)
                    _stars.AddRange(
                        (
                            await results.PageAsync(
                                _run.RunId,
                                new ResultQuery(ClusterId: cluster, Limit: Cluster is null ? 400 : DrawnStars),
                                Closed
                            )
                        ).Items
                    );
            }
            _sizes = RunCharts.Sizes(_clusters);
        }
    }

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
            _watch = new Timer(_ => InvokeAsync(FollowAsync), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        if (_drawn || !IsAnswered || _run is not { IsComplete: true })
            return;
        _drawn = true;
        if (await TryAsync(DrawAsync) is { } trouble)
            _missing = trouble.Message;
        StateHasChanged();
    }

    private async Task FollowAsync()
    {
        if (Closed.IsCancellationRequested || _run is null || _following)
            return;
        _following = true;
        try
        {
            if (_run.Status is not (RunStatus.Pending or RunStatus.Running) && !await CaughtUpAsync(_run.RunId))
                return;
            await ReloadAsync();
            StateHasChanged();
        }
        finally
        {
            _following = false;
        }
    }

    /// <summary>Whether views that were behind the run show it now.</summary>
    private async Task<bool> CaughtUpAsync(Guid runId)
    {
        if (_behind.Count == 0 || !IsAnswered)
            return false;
        var still = _behind;
        // What goes wrong here is seen by the next look.
        await TryAsync(async () => still = await new ViewStatusReader(Ledger).BehindAsync(runId, Closed));
        return still.Count < _behind.Count;
    }

    private async Task DrawAsync()
    {
        var current = _run!;
        if (_pictured != current.RunId)
        {
            // Another run: what was selected in the last one is not carried over.
            (_selected, _selectedCount) = ([], 0);
            _self ??= DotNetObjectReference.Create(this);
            await Js.InvokeVoidAsync("almagest.watchSelection", _self);
        }
        _picture = await Pictures.SelectionAsync(current.DatasetId, StarFilter.FromJson(current.DatasetFilter));
        var marks = await Pictures.MarksAsync(current);
        var ids = _picture.StarIds;
        _charts = RunCharts.Of(current, _picture, marks, _stars, Cluster);
        if (IsAnomaly)
        {
            _scores = await Pictures.ScoresAsync(current.RunId);
            _scoreHistogram = Histogram.Of(_scores.Ascending, 80);
            if (_scoreHistogram is null)
                _missing = "The run analysed no star.";
            Redraw();
        }
        _pictured = current.RunId;
    }

    /// <summary>The stars that are selected in the browser.</summary>
    /// <param name="ids">some of them</param>
    /// <param name="count">how many there are</param>
    [JSInvokable]
    public async Task SelectedAsync(long[] ids, int count)
    {
        if (ids is null || _run is not { IsComplete: true })
            return;
        _selectedCount = Math.Max(count, ids.Length);
        _selected =
            ids.Length == 0
                ? []
                : (
                    await new ResultRepository(Ledger).PageAsync(_run.RunId, new ResultQuery(Limit: MostSelected) { StarIds = ids }, Closed)
                ).Items;
        StateHasChanged();
    }

    private void Drag(ChangeEventArgs e)
    {
        if (!double.TryParse(e.Value?.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
            return;
        _contamination = Math.Clamp(value, 0.001, 0.5);
        _moved = true;
        Redraw();
    }

    // What the histogram's line is dragged to is a score; what a run stores is the share of stars below it.
    private void DragTo(double score)
    {
        if (_scores is null)
            return;
        _contamination = Math.Clamp((double)_scores.Below(score) / Math.Max(1, _scores.Ascending.Count), 0.001, 0.5);
        _moved = true;
        Redraw();
    }

    private void Redraw()
    {
        (_threshold, _count) = _scores!.At(_contamination);
        // At its own contamination the run is what is stored, to the last star.
        if (!_moved)
            (_threshold, _count) = (0, (int)(Flagged ?? _count));
        _histogram = _scoreHistogram is { } all ? RunCharts.Scores(all, _threshold, canDrag: true) : null;
    }

    private async Task KeepAsync()
    {
        _busy = true;
        Guid? made = null;
        _refused = await TryAsync(async () => made = (await Changes.RethresholdAsync(_run!.RunId, _contamination, Closed)).RunId);
        _busy = false;
        if (made is { } id)
            Navigation.NavigateTo($"runs/{id}", forceLoad: true);
    }

    private string FileName(string what) => $"run-{DisplayText.Short(_run!.RunId)}-{what}";

    /// <summary>What the view says, or, until it shows the run, what is stored with the run; null where neither is known.</summary>
    private long? Flagged => _stats?.AnomalyCount ?? DisplayText.Summary(_run!)?.AnomalyCount;

    private long? ClusterCount => _stats?.ClusterCount ?? DisplayText.Summary(_run!)?.ClusterCount;

    private long? Noise => _stats?.NoiseCount ?? DisplayText.Summary(_run!)?.NoiseCount;

    private double? ShareOf(long? stars) => _run!.TotalStars == 0 ? null : 100.0 * stars / _run.TotalStars;

    private IEnumerable<QualityRow> Headlines => _quality.Where(q => q.LabelledStars >= LeastLabels);

    private string? FewLabels() =>
        _quality.Where(q => q.LabelledStars < LeastLabels).ToList() is { Count: > 0 } few
            ? $"Too few labelled stars for a figure (it takes {LeastLabels}): "
                + string.Join(", ", few.Select(q => $"{DisplayText.Count(q.LabelledStars)} in {q.LabelSet}"))
                + "."
            : null;

    private string SelectedTitle()
    {
        var title = $"Selected: {DisplayText.Count(_selectedCount)} {(_selectedCount == 1 ? "star" : "stars")}";
        return _selected.Count < _selectedCount ? $"{title} ({DisplayText.Count(_selected.Count)} of them listed)" : title;
    }

    private long TableTotal =>
        IsAnomaly ? Flagged ?? _stars.Count
        : Cluster is { } one ? _clusters.Find(c => c.ClusterId == one)?.ClusterSize ?? _stars.Count
        : _clusters.Sum(c => c.ClusterSize);

    /// <summary>The route that has every star of the table; of several clusters that is the whole run.</summary>
    private string AllStars() =>
        $"discovery/runs/{_run!.RunId}/results?format=csv"
        + (
            IsAnomaly ? $"&anomalies_only=true&order={(ByChance ? "flag_probability" : "score")}"
            : Cluster is { } one ? $"&cluster_id={one}"
            : ""
        );

    private string TableTitle()
    {
        var total = TableTotal;
        var what =
            IsAnomaly ? $"Flagged stars, {(ByChance ? "surest flags" : "most anomalous")} first"
            : Cluster is { } c ? $"Members of cluster {c}"
            : "Members of clusters, the largest first";
        var listed = Math.Min(TableRows, _stars.Count);
        return listed > 0 && listed < total ? $"{what} ({DisplayText.Count(listed)} of {DisplayText.Count(total)})" : what;
    }

    private string AllClusters() =>
        IsDescribed ? $"discovery/runs/{_run!.RunId}/clusters?format=csv" : $"analytics/discovery/clusters/{_run!.RunId}/sizes?format=csv";

    private string ClustersTitle() =>
        _clusters.Count > ShownClusters ? $"Clusters (largest {ShownClusters} of {DisplayText.Count(_clusters.Count)})" : "Clusters";

    // A run that was completed by an older program is not described, and few algorithms judge their clusters.
    private bool IsDescribed => _described.Values.Any(c => c.RaDeg is not null);

    private bool IsJudged => _described.Values.Any(c => c.Contrast is not null);

    private static string Measured(double? value, double? error, string format) => MeasuredText.Of(value, error, format);

    private const string Refreshing = "The views are being refreshed; this follows by itself.";

    private string? WhyNoSizes() =>
        _clusters.Count > 0 ? null
        : !IsAnswered ? "The clusters are being read."
        : _behind.Count > 0 || ClusterCount != 0 ? Refreshing
        : "This run found no cluster: all its stars are noise. "
            + _run!.Algorithm switch
            {
                "hdbscan" => "A smaller min_cluster_size may find some.",
                "dbscan" => "A larger eps or fewer min_samples may find some.",
                _ => "",
            };

    private string WhyNoStars() =>
        !IsAnswered ? "The stars are being read."
        : IsAnomaly ? "This run flagged no star."
        : _behind.Count > 0 ? Refreshing
        : "No members to show.";

    private static double? Contamination(DiscoveryRun run)
    {
        using var document = JsonDocument.Parse(run.Parameters);
        return document.RootElement.TryGetProperty("contamination", out var c) ? c.GetDouble() : null;
    }

    protected override void Dispose(bool disposing)
    {
        _watch?.Dispose();
        _self?.Dispose();
        base.Dispose(disposing);
    }
}
