using System.Globalization;
using Almagest.Charts.Drawing;
using Almagest.Charts.Pictures;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Features;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;

namespace Almagest.Dashboard.Pages;

/// <summary>A run, or a sweep of runs, is chosen, counted and stored for the workers.</summary>
public partial class Start
{
    private List<Dataset> _datasets = [];
    private RunForm _form = new();
    private string _dataset = "",
        _filter = "";
    private long? _selected;
    private int _runs = 1,
        _asked;
    private bool _busy,
        _counting,
        _measuring,
        _loaded;
    private LedgerException? _wrong,
        _refused,
        _notTaken;
    private EpsAdvice? _advice;
    private string? _curve,
        _curveAddress;
    private TakenStars? _taken;

    protected override async Task LoadAsync()
    {
        _datasets = await new DatasetRepository(Ledger).ListAllAsync(Closed);
        if (_datasets.Count == 0)
            return;
        var query = QueryHelpers.ParseQuery(new Uri(Navigation.Uri).Query);
        string? Asked(string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;
        // Another one in its place would be other stars.
        if (Asked("dataset") is { Length: > 0 } name && (await new DatasetRepository(Ledger).NamesAsync(Closed)).Values.Contains(name))
            await new DatasetRepository(Ledger).FindAnyAsync(name, Closed);
        _dataset = _datasets.FirstOrDefault(d => d.Name == Asked("dataset"))?.Name ?? _datasets[^1].Name;
        _filter = Asked("filter") ?? "";
        // What the address asks for and cannot be had is no reason to take all stars.
        _notTaken = await TryAsync(async () =>
            _taken = await TakenStars.ReadAsync(Ledger, Pictures, Host.Kinds, Asked("of"), Asked("select"), Asked("without_kind"), Closed)
        );
        _form = RunForm.Of(Asked);
        CountRuns();
        await CountStarsAsync();
    }

    private Dataset Chosen => _datasets.First(d => d.Name == _dataset);

    private bool IsInFiles => Chosen.InPlace is not null;

    private string Selected() =>
        _selected is { } n ? CountText.Of(n, "star", "stars")
        : IsInFiles && !_counting ? "not counted"
        : "counting …";

    private Task DatasetAsync()
    {
        CountRuns();
        return CountAsync();
    }

    private StarFilter Filter()
    {
        if (_notTaken is not null)
            throw _notTaken;
        var filter = StarFilterText.Parse(_filter);
        if (_taken is null)
            return filter;
        filter = _taken.Narrow(filter);
        filter.Validate();
        return filter;
    }

    private Task LetTakenGoAsync()
    {
        (_taken, _notTaken) = (null, null);
        return CountAsync();
    }

    private async Task CountAsync()
    {
        Address();
        await CountStarsAsync();
    }

    private async Task CountStarsAsync()
    {
        // Of answers that overtake one another, the last question's counts.
        var question = ++_asked;
        (_selected, _advice) = (null, null);
        long? count = null;
        _counting = !IsInFiles;
        var trouble = await TryAsync(async () =>
        {
            var (loader, filter) = (new SelectionLoader(Ledger), Filter());
            // Going over files for each letter that is typed is nobody's wish.
            if (IsInFiles && filter != StarFilter.All)
                await loader.RequireAsync(Chosen.DatasetId, filter, Closed);
            else
                count = await loader.CountAsync(Chosen.DatasetId, filter, Closed);
        });
        if (question == _asked)
            (_wrong, _selected) = (trouble, count);
    }

    private async Task CountFilesAsync()
    {
        var question = ++_asked;
        _counting = true;
        long? count = null;
        var trouble = await TryAsync(async () => count = await new SelectionLoader(Ledger).CountAsync(Chosen.DatasetId, Filter(), Closed));
        if (question == _asked)
            (_wrong, _selected, _counting) = (trouble, count, false);
    }

    // What is shown is what is taken; the digits after these change no cluster that anybody would notice.
    private static string Eps(double? eps) => eps?.ToString("G4", CultureInfo.InvariantCulture) ?? DisplayText.None;

    private void Take(double eps)
    {
        _form["eps"] = Eps(eps);
        Changed();
    }

    private void Mark(string field, bool value)
    {
        _form[field] = value ? "true" : "false";
        Changed();
    }

    private void Changed()
    {
        _refused = null;
        CountRuns();
        Address();
    }

    // What is half written is said to be wrong only when it is to be started.
    private void CountRuns()
    {
        try
        {
            _runs = _form.Expand().Count;
        }
        catch (LedgerException)
        {
            _runs = 1;
        }
    }

    // The address follows what is chosen, so that it can be sent on.
    private void Address()
    {
        var values = new Dictionary<string, object?>(_form.Address())
        {
            ["dataset"] = _dataset,
            ["filter"] = _filter.Length == 0 ? null : _filter,
        };
        // Which stars a run names stays as it was asked for, or is let go.
        if (_taken is null && _notTaken is null)
            values["of"] = values["select"] = values["without_kind"] = null;
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(values), replace: true);
    }

    // The page changes its own address: that asks for nothing new.
    protected override Task OnParametersSetAsync()
    {
        if (_loaded)
            return Task.CompletedTask;
        _loaded = true;
        return base.OnParametersSetAsync();
    }

    private string Recipe() =>
        _form.Features.Length == 0
            ? $"Anomaly runs take {FeatureRecipes.ForAnomalies}, cluster runs {FeatureRecipes.ForClusters}, if the columns are there."
            : FeatureRecipes.Get(_form.Features).Description;

    private string CurveAddress()
    {
        var query = new Dictionary<string, string?>
        {
            ["dataset"] = _dataset,
            ["filter"] = _filter.Length == 0 ? null : _filter,
            ["features"] = _form.Features.Length == 0 ? null : _form.Features,
            ["min_samples"] = _form.One("min_samples").ToString(CultureInfo.InvariantCulture),
        };
        return QueryHelpers.AddQueryString("discovery/k-distance/chart", query.Where(q => q.Value is not null));
    }

    private async Task MeasureAsync()
    {
        _measuring = true;
        _refused = await TryAsync(async () =>
        {
            _advice = await new DiscoveryService(Ledger).KDistanceAsync(
                _dataset,
                Filter(),
                _form.Features.Length == 0 ? null : _form.Features,
                _form.One("min_samples"),
                Closed
            );
            _curve = LedgerCharts.Distances(_advice);
            // Stars that are named one by one are more than an address holds: the page then makes the file itself.
            _curveAddress = _taken is null ? CurveAddress() : null;
        });
        _measuring = false;
    }

    private async Task StartAsync()
    {
        _busy = true;
        IReadOnlyList<DiscoveryRun> made = [];
        _refused = await TryAsync(async () =>
        {
            var wanted = _form.Expand();
            var placement = wanted.Count == 1 ? RunPlacement.Queued : RunPlacement.Queued with { GroupId = Guid.CreateVersion7() };
            made = await Changes.StartAsync(_dataset, Filter(), wanted, placement, Closed);
        });
        _busy = false;
        if (_refused is not null)
            return;
        Navigation.NavigateTo(made[0].GroupId is { } group ? $"runs?group_id={group}" : $"runs/{made[0].RunId}");
    }
}
