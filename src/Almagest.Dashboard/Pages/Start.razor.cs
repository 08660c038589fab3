using System.Globalization;
using Almagest.Charts.Drawing;
using Almagest.Contract.Errors;
using Almagest.Discovery.Features;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;

namespace Almagest.Dashboard.Pages;

/// <summary>A run, or a sweep of runs, is chosen, counted and stored for the workers.</summary>
public partial class Start
{
    List<Dataset> datasets = [];
    RunForm form = new();
    string dataset = "", filter = "";
    long? selected;
    int runs = 1, asked;
    bool busy, measuring, loaded;
    LedgerException? wrong, refused;
    EpsAdvice? advice;
    string? curve;

    protected override async Task LoadAsync()
    {
        datasets = await new DatasetRepository(Ledger).ListAsync(Closed);
        if (datasets.Count == 0) return;
        var query = QueryHelpers.ParseQuery(new Uri(Navigation.Uri).Query);
        string? Asked(string name) => query.TryGetValue(name, out var value) ? value.ToString() : null;
        dataset = datasets.FirstOrDefault(d => d.Name == Asked("dataset"))?.Name ?? datasets[^1].Name;
        filter = Asked("filter") ?? "";
        form = RunForm.Of(Asked);
        CountRuns();
        await CountStarsAsync();
    }

    async Task CountAsync()
    {
        Address();
        await CountStarsAsync();
    }

    async Task CountStarsAsync()
    {
        // Of answers that overtake one another, the last question's counts.
        var question = ++asked;
        (selected, advice) = (null, null);
        long? count = null;
        var trouble = await TryAsync(async () => count = await new SelectionLoader(Ledger).CountAsync(datasets.First(d => d.Name == dataset).DatasetId, StarFilterText.Parse(filter), Closed));
        if (question == asked) (wrong, selected) = (trouble, count);
    }

    void Take(double eps)
    {
        form["eps"] = eps.ToString(CultureInfo.InvariantCulture);
        Changed();
    }

    void Mark(string field, bool value)
    {
        form[field] = value ? "true" : "false";
        Changed();
    }

    void Changed()
    {
        refused = null;
        CountRuns();
        Address();
    }

    // What is half written is said to be wrong only when it is to be started.
    void CountRuns()
    {
        try
        {
            runs = form.Expand().Count;
        }
        catch (LedgerException)
        {
            runs = 1;
        }
    }

    // The address follows what is chosen, so that it can be sent on.
    void Address()
    {
        var values = new Dictionary<string, object?>(form.Address()) { ["dataset"] = dataset, ["filter"] = filter.Length == 0 ? null : filter };
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(values), replace: true);
    }

    // The page changes its own address: that asks for nothing new.
    protected override Task OnParametersSetAsync()
    {
        if (loaded) return Task.CompletedTask;
        loaded = true;
        return base.OnParametersSetAsync();
    }

    string Recipe() => form.Features.Length == 0
        ? $"Anomaly runs take {FeatureRecipes.ForAnomalies}, cluster runs {FeatureRecipes.ForClusters}, if the columns are there."
        : FeatureRecipes.Get(form.Features).Description;

    async Task MeasureAsync()
    {
        measuring = true;
        refused = await TryAsync(async () =>
        {
            advice = await new DiscoveryService(Ledger).KDistanceAsync(dataset, StarFilterText.Parse(filter), form.Features.Length == 0 ? null : form.Features, form.One("min_samples"), Closed);
            var d = advice.Curve.Distances;
            var step = Math.Max(1, d.Length / 400);
            curve = Curve.Draw([.. Enumerable.Range(0, (d.Length + step - 1) / step).Select(i => d[i * step])], advice.Curve.SuggestedEps, step == 1 ? "stars, nearest first" : $"stars, nearest first (one in {step} is drawn)", "distance", "Distances to neighbours, ascending");
        });
        measuring = false;
    }

    async Task StartAsync()
    {
        busy = true;
        IReadOnlyList<DiscoveryRun> made = [];
        refused = await TryAsync(async () =>
        {
            var wanted = form.Expand();
            var placement = wanted.Count == 1 ? RunPlacement.Queued : RunPlacement.Queued with { GroupId = Guid.CreateVersion7() };
            made = (await new RunSubmitter(Ledger).SubmitAsync(dataset, StarFilterText.Parse(filter), wanted, placement, null, Closed)).Runs;
        });
        busy = false;
        if (refused is not null) return;
        foreach (var run in made) Host.Enqueue(run.RunId);
        Navigation.NavigateTo(made[0].GroupId is { } group ? $"/runs?group_id={group}" : $"/runs/{made[0].RunId}");
    }
}
