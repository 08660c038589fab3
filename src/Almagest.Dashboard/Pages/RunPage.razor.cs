using System.Globalization;
using System.Text.Json;
using Almagest.Charts.Drawing;
using Almagest.Charts.Export;
using Almagest.Charts.Pictures;
using Almagest.Charts.Selecting;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Dashboard.Shared;
using Almagest.Ledger.Access;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Views;
using Almagest.Ledger.Views.ClusterSizes;
using Almagest.Ledger.Views.Quality;
using Almagest.Ledger.Views.Queries;
using Almagest.Ledger.Views.RunStats;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Resources;
using Almagest.Runs.Results;
using Almagest.Runs.Review;
using Almagest.Runs.Scoring;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace Almagest.Dashboard.Pages;

/// <summary>One run: what was run, what it found, and where.</summary>
public partial class RunPage
{
    private const int MostSelected = SelectedStars.MostListed,
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
    private IReadOnlyList<string> _behind = [];
    private SelectionPicture? _picture;
    private RunScores? _scores;
    private Histogram? _scoreHistogram;
    private RunCharts? _charts;
    private StarSelection _select = StarSelection.None;
    private long[] _chosen = [];
    private long _analysed;
    private Dictionary<string, ChartWindow> _zoom = [];
    private IReadOnlyList<string> _labelSets = [];
    private IReadOnlyList<StarResult>? _ranked;
    private Dictionary<long, int> _rankOf = [];
    private LedgerException? _selectTrouble;
    private string? _mistyped,
        _histogram,
        _sizes,
        _missing;
    private DotNetObjectReference<RunPage>? _self;
    private bool _drawn,
        _moved,
        _busy,
        _shadesWanted,
        _dropping,
        _dropAgain,
        _following;
    private double _contamination = 0.05,
        _threshold;
    private int _count;
    private string _typed = "",
        _typedAs = "share",
        _sliderStart = "0.05";
    private LedgerException? _refused;
    private Guid? _pictured;
    private int? _picturedCluster;

    [Parameter]
    public string Id { get; set; } = "";

    /// <summary>Only the members of this cluster.</summary>
    [SupplyParameterFromQuery]
    public int? Cluster { get; set; }

    /// <summary>Another threshold, as a share of the stars.</summary>
    [SupplyParameterFromQuery(Name = "contamination")]
    public double? AskedContamination { get; set; }

    /// <summary>Stars that are selected.</summary>
    [SupplyParameterFromQuery(Name = "select")]
    public string? AskedSelection { get; set; }

    /// <summary>Parts of charts.</summary>
    [SupplyParameterFromQuery(Name = "zoom")]
    public string? AskedZoom { get; set; }

    /// <summary>The order of the table: <c>flag_probability</c>, or most anomalous first.</summary>
    [SupplyParameterFromQuery]
    public string? Order { get; set; }

    /// <summary>Fewer labelled stars than this make no headline of a figure: one or two of them decide it.</summary>
    private const int LeastLabels = 20;

    private bool ByChance => IsAnomaly && Order == "flag_probability";

    private bool HasChances => IsAnomaly && _stars.Exists(s => s.FlagProbability is not null);

    private bool IsAnomaly => _run?.RunType == RunTypes.Anomaly;

    private string KeptWords => Almagest.Ledger.InPlace.RunRows.Kept(_run!);

    /// <summary>The results that the ledger has.</summary>
    private ResultQuery Kept => new(AnomaliesOnly: IsInFiles && IsAnomaly) { ClusteredOnly = IsInFiles && !IsAnomaly };

    /// <summary>Its results are in files: the ledger, and so this page, has the flagged stars, or the members of clusters, alone.</summary>
    private bool IsInFiles => _run?.StarSetId is not null;

    private ResultFiles? Files => _run is { } run ? ResultFiles.Of(run) : null;

    /// <summary>Where they are, for whoever may know it, and what is wrong with them.</summary>
    private string? _folder,
        _filesTrouble;

    private bool CanBeReviewed => _run is { IsComplete: true } run && RunReviews.CanReview(run);

    protected override async Task LoadAsync()
    {
        _run = await new RunRepository(Ledger).FindAsync(Id, Closed);
        _dataset = (await new DatasetRepository(Ledger).GetAnyAsync(_run.DatasetId, Closed)).Name;
        (_folder, _filesTrouble) = (null, null);
        if (Files is { } files)
        {
            (var folder, _filesTrouble) = ResultFolders.Find(Ledger, _run);
            _folder = (await Access.RequireAsync(AccessScope.Read)).May(AccessScope.Admin) ? folder ?? files.Path : null;
        }
        _drawn = false;
        // The table is shown before the charts are drawn: it has no stars of the run before.
        if (_pictured != _run.RunId)
            _ranked = null;
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
            {
                _moved = AskedContamination is > 0 and <= 0.5 && !IsInFiles;
                _contamination = _moved ? AskedContamination!.Value : Contamination(_run) ?? 0.05;
                _sliderStart = _contamination.ToString("0.###", CultureInfo.InvariantCulture);
                (_typed, _mistyped) = ("", null);
            }
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
        if (_shadesWanted && _histogram is not null)
        {
            _shadesWanted = false;
            await Js.InvokeVoidAsync("almagest.shades", _self);
        }
        if (_drawn || !IsAnswered || _run is not { IsComplete: true })
            return;
        _drawn = true;
        if (await TryAsync(DrawAsync) is { } trouble)
            _missing = trouble.Message;
        // A link with another threshold shows that threshold's stars in the table, too.
        else if (_moved && IsAnomaly && _scores is not null && await TryAsync(RankAsync) is { } unranked)
            _missing = unranked.Message;
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
        var isNew = _pictured != current.RunId;
        if (isNew)
        {
            // Another run: what was selected in the last one is not carried over.
            _selectTrouble = null;
            _self ??= DotNetObjectReference.Create(this);
            await Js.InvokeVoidAsync("almagest.watchSelection", _self);
            _selectTrouble = await TryAsync(() =>
            {
                (_select, _zoom) = (StarSelection.None, []);
                _select = StarSelection.Parse(AskedSelection);
                _zoom = new(ZoomText.Parse(AskedZoom));
                return Task.CompletedTask;
            });
        }
        else if (_picturedCluster != Cluster)
            _zoom = [];
        _picturedCluster = Cluster;
        _picture = await Pictures.SelectionAsync(current);
        if (IsAnomaly && !IsInFiles)
        {
            _scores = await Pictures.ScoresAsync(current.RunId);
            _scoreHistogram = Histogram.Of(_scores.Ascending, 80);
            if (_scoreHistogram is null)
                _missing = "The run analysed no star.";
            Redraw();
        }
        if (isNew && !_select.IsNone)
            _selectTrouble = await TryAsync(ChooseAsync);
        await DrawChartsAsync();
        // What is counted last is not waited for by the charts.
        StateHasChanged();
        _labelSets = await new LabelledResults(Ledger).SetsAsync(current, Closed);
        _pictured = current.RunId;
        if (IsAnomaly && _scoreHistogram is not null)
            _shadesWanted = true;
    }

    private async Task DrawChartsAsync()
    {
        var run = _run!;
        var marks = IsAnomaly && _moved ? await Pictures.MarksBelowAsync(run, _threshold) : await Pictures.MarksAsync(run);
        _charts = RunCharts.Of(run, _picture!, marks, _stars, Cluster, zoom: _zoom, chosen: _chosen);
    }

    private async Task ShowAsync(string name, ScatterChart chart, ChartWindow? window)
    {
        chart.Show(window);
        if (window is null)
            _zoom.Remove(name);
        else
            _zoom[name] = chart.Shown;
        await AddressAsync();
    }

    // The address says what is shown, so that a link opens the same.
    private ValueTask AddressAsync() =>
        Js.InvokeVoidAsync(
            "almagest.address",
            new Dictionary<string, string?>
            {
                ["contamination"] = _moved && IsAnomaly ? Share() : null,
                ["select"] = _select.IsNone ? null : _select.ToString(),
                ["zoom"] = _zoom.Count == 0 ? null : ZoomText.Write(_zoom),
            }
        );

    /// <summary>A click on a star.</summary>
    /// <param name="add">to what is selected, or away from it where it is among the single stars that are; else in its place</param>
    [JSInvokable]
    public Task PickAsync(long star, bool add) => SelectAsync(new StarsPart([star]), add);

    [JSInvokable]
    public Task SelectNoneAsync()
    {
        _select = StarSelection.None;
        return SelectedAsync();
    }

    private Task SelectAsync(SelectionPart part, bool add = false)
    {
        _select = add ? _select.With(part) : StarSelection.Of(part);
        return SelectedAsync();
    }

    private async Task SelectedAsync()
    {
        if (_run is not { IsComplete: true } || _picture is null)
            return;
        _selectTrouble = await TryAsync(ChooseAsync);
        await DrawChartsAsync();
        await AddressAsync();
        StateHasChanged();
    }

    /// <summary>Finds the stars that are selected, among all of the run's selection.</summary>
    private async Task ChooseAsync()
    {
        _chosen = await new SelectionReader(Ledger, Pictures).ReadAsync(_run!, _select, Closed);
        _selected =
            _chosen.Length == 0
                ? []
                : (
                    await new ResultRepository(Ledger).PageAsync(_run!.RunId, Kept with { StarIds = _chosen, Limit = MostSelected }, Closed)
                ).Items;
        _analysed =
            _selected.Count < MostSelected
                ? _selected.Count
                : await new ResultRepository(Ledger).CountAsync(_run!.RunId, Kept with { StarIds = _chosen }, Closed);
        // Rows and marks of these are shown as selected by the page itself, also before they are drawn again.
        await Js.InvokeVoidAsync("almagest.selected", _chosen.Take(DrawnStars), _chosen.Length <= DrawnStars);
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
    private async Task DragToAsync(double score)
    {
        if (_scores is null)
            return;
        await MoveAsync((double)_scores.Below(score) / Math.Max(1, _scores.Ascending.Count), 0.001);
    }

    private async Task MoveAsync(double share, double least)
    {
        // As the address writes it, so that whoever opens that sees the same stars.
        _contamination = Math.Clamp(Math.Round(share, ShareDigits), least, 0.5);
        _moved = true;
        Redraw();
        await Js.InvokeVoidAsync("almagest.shade", _contamination);
    }

    private const int ShareDigits = 9;

    private string Share() => _contamination.ToString("0.#########", CultureInfo.InvariantCulture);

    /// <summary>A threshold that was typed, as a share, a number of stars or a score.</summary>
    private async Task TypeAsync()
    {
        _mistyped = null;
        if (_scores is not { Ascending: { Count: > 0 } scores } all)
            return;
        var text = _typed.Trim().TrimEnd('%').Trim().Replace('\u2212', '-');
        var half = scores.Count / 2;
        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !double.IsFinite(value))
            _mistyped = $"'{_typed}' is not a number.";
        else if (_typedAs == "share" && value is not (> 0 and <= 50))
            _mistyped = "A share is above 0 and at most 50 %.";
        else if (_typedAs == "count" && (value != Math.Round(value) || value < 1 || value > half))
            _mistyped = $"A number of stars is whole, from 1 to {DisplayText.Count(half)}: half of those that were analysed.";
        else if (_typedAs == "score" && (all.Below(value) < 1 || all.Below(value) > half))
            _mistyped =
                $"A score has at least one star and at most half of them below it: above {DisplayText.Fixed(scores[0], 4)}, "
                + $"up to {DisplayText.Fixed(scores[half], 4)}.";
        if (_mistyped is not null)
            return;
        var stars =
            _typedAs == "count" ? (int)value
            : _typedAs == "score" ? all.Below(value)
            : 0;
        await MoveAsync(stars == 0 ? value / 100 : ShareOf(all, stars), 0);
        await DropAsync();
    }

    // The share of which the rule of a run makes just so many flags: its threshold lies between two scores.
    private static double ShareOf(RunScores scores, int stars)
    {
        var rows = scores.Ascending.Count;
        return Math.Min(0.5, (stars - 0.5) / Math.Max(1, rows - 1));
    }

    /// <summary>The threshold was let go: the charts draw the stars below it.</summary>
    private async Task DropAsync()
    {
        if (!_moved || _scores is null)
            return;
        // Of presses in quick order the charts are drawn for the last one.
        _dropAgain = true;
        if (_dropping)
            return;
        _dropping = true;
        try
        {
            while (_dropAgain)
            {
                _dropAgain = false;
                await DrawChartsAsync();
            }
        }
        finally
        {
            _dropping = false;
        }
        StateHasChanged();
        await Js.InvokeVoidAsync("almagest.unshade");
        await AddressAsync();
    }

    /// <summary>What the page paints while the threshold is dragged, asked for once; the table then has the stars of other thresholds,
    /// too.</summary>
    [JSInvokable]
    public async Task<IReadOnlyList<ThresholdShades>> ShadesAsync()
    {
        if (_charts is null || _scores is null)
            return [];
        var ranks = await Pictures.RanksAsync(_run!);
        var stars = _scores.Ascending.Count;
        await RankAsync();
        var shades = new List<ThresholdShades>();
        foreach (var (name, chart) in new[] { ("cmd", _charts.Diagram), ("sky", _charts.Sky) })
        {
            if (chart is not null && _picture!.Cloud(name) is { } cloud)
                shades.Add(
                    ThresholdShades.Of(
                        name,
                        cloud,
                        chart.Shown,
                        ranks,
                        stars,
                        name == "sky" && _picture.Projection.IsWholeSky ? (360, 180) : (200, 200)
                    )
                );
        }
        return shades;
    }

    /// <summary>Reads the stars of the lowest scores, which the table has under any threshold but the stored one.</summary>
    private async Task RankAsync()
    {
        if (_ranked is not null)
            return;
        var first = _scores!.Stars.Take(TableRows).ToArray();
        var rank = first.Index().ToDictionary(s => s.Item, s => s.Index);
        var rows = (
            await new ResultRepository(Ledger).PageAsync(_run!.RunId, new ResultQuery(Limit: TableRows) { StarIds = first }, Closed)
        ).Items;
        (_ranked, _rankOf) = ([.. rows.OrderBy(s => rank[s.StarId])], rank);
        StateHasChanged();
    }

    // Surest first are flags as they are stored: under another threshold the scores alone tell an order. What is drawn stays the most
    // anomalous stars.
    private IReadOnlyList<StarResult> Rows => IsSurestFirst ? _surest : _ranked ?? [.. _stars.Take(TableRows)];

    private bool IsSurestFirst => ByChance && !_moved && _surest.Count > 0;

    private (int Share, bool IsHidden)? RowShare(long star) =>
        _ranked is not null && _rankOf.TryGetValue(star, out var rank)
            ? (ThresholdShades.ShareOf(rank, _scores!.Ascending.Count), rank >= _count)
            : null;

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

    /// <summary>The route that draws a chart as the page shows it.</summary>
    private string ChartAddress(string chart)
    {
        var window = chart switch
        {
            "cmd" => _charts?.Diagram?.Window,
            "sky" => _charts?.Sky.Window,
            "motions" => _charts?.Motions?.Window,
            "parallaxes" => _charts?.Parallaxes?.Window,
            _ => null,
        };
        return $"discovery/runs/{_run!.RunId}/chart?only={chart}"
            + (Cluster is { } one && !IsAnomaly ? $"&cluster={one}" : "")
            + (_select.IsNone ? "" : $"&select={Uri.EscapeDataString(_select.ToString())}")
            + (IsAnomaly && _moved ? $"&contamination={Share()}" : "")
            + (window is { } w ? $"&zoom={Uri.EscapeDataString(ZoomText.Write([KeyValuePair.Create(chart, w)]))}" : "");
    }

    private string FileName(string what) => $"run-{DisplayText.Short(_run!.RunId)}-{what}";

    /// <summary>What the view says, or, until it shows the run, what is stored with the run; null where neither is known.</summary>
    private long? Flagged => _stats?.AnomalyCount ?? DisplayText.Summary(_run!)?.AnomalyCount;

    private long? ClusterCount => _stats?.ClusterCount ?? DisplayText.Summary(_run!)?.ClusterCount;

    private long? Clustered => _run!.TotalStars - Noise;

    private long? Noise => _stats?.NoiseCount ?? DisplayText.Summary(_run!)?.NoiseCount;

    private double? ShareOf(long? stars) => _run!.TotalStars == 0 ? null : 100.0 * stars / _run.TotalStars;

    // By the labels that it learned from, a checkpoint of a review is too good for a headline.
    private IEnumerable<QualityRow> Headlines =>
        _quality.Where(q =>
            q.LabelledStars >= LeastLabels
            && (q.F1 ?? q.Recall ?? q.AdjustedRandIndex) is not null
            && q.LabelSet != LearnedLabels.SetOf(_run!)
        );

    private string? FewLabels() =>
        _quality.Where(q => q.LabelledStars < LeastLabels).ToList() is { Count: > 0 } few
            ? $"Too few labelled stars for a figure (it takes {LeastLabels}): "
                + string.Join(", ", few.Select(q => $"{DisplayText.Count(q.LabelledStars)} in {q.LabelSet}"))
                + "."
            : null;

    private long TableTotal =>
        IsAnomaly && _moved && _ranked is not null ? _count
        : IsAnomaly ? Flagged ?? _stars.Count
        : Cluster is { } one ? _clusters.Find(c => c.ClusterId == one)?.ClusterSize ?? _stars.Count
        : _clusters.Sum(c => c.ClusterSize);

    /// <summary>The route that has every star of the table; of several clusters that is the whole run.</summary>
    private string AllStars() =>
        $"discovery/runs/{_run!.RunId}/results?format=csv"
        + (
            IsAnomaly && _moved && _ranked is not null ? $"&select={Uri.EscapeDataString(new BelowPart(_threshold).ToString())}"
            : IsAnomaly ? $"&anomalies_only=true&order={(ByChance ? "flag_probability" : "score")}"
            : Cluster is { } one ? $"&cluster_id={one}"
            : ""
        );

    private string TableTitle()
    {
        var total = TableTotal;
        var what =
            IsAnomaly ? $"Flagged stars, {(IsSurestFirst ? "surest flags" : "most anomalous")} first"
            : Cluster is { } c ? $"Members of cluster {c}"
            : "Members of clusters, the largest first";
        var listed = Listed;
        return listed > 0 && listed < total ? $"{what} ({DisplayText.Count(listed)} of {DisplayText.Count(total)})" : what;
    }

    private long Listed => Math.Min(Rows.Count, TableTotal);

    private string AllClusters() =>
        IsDescribed ? $"discovery/runs/{_run!.RunId}/clusters?format=csv" : $"analytics/discovery/clusters/{_run!.RunId}/sizes?format=csv";

    private string ClustersTitle() =>
        _clusters.Count > ShownClusters ? $"Clusters (largest {ShownClusters} of {DisplayText.Count(_clusters.Count)})" : "Clusters";

    // A run that was completed by an older program is not described, and few algorithms judge their clusters.
    private bool IsDescribed => _described.Values.Any(c => c.RaDeg is not null);

    private bool IsNamed => _described.Values.Any(c => c.KnownAs is not null);

    private bool IsJudged => _described.Values.Any(c => c.Contrast is not null);

    private static string Measured(double? value, double? error, string format) => MeasuredText.Of(value, error, format);

    private static string Alone(double? value, double? error, string format) => MeasuredText.Alone(value, error, format);

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
