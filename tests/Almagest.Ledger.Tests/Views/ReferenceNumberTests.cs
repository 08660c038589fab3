using System.Text.Json;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.IsolationForest;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Lifecycle;
using Xunit;

namespace Almagest.Ledger.Tests.Views;

/// <summary>The views against scikit-learn 1.2.1 and astropy-healpix, whose numbers bench/compare/quality_sklearn.py wrote.</summary>
public sealed class ReferenceNumberTests
{
    private static readonly JsonElement s_expected = Read();

    [Fact]
    public async Task Quality_is_what_scikit_learn_computes()
    {
        await using var test = await TestLedger.CreateAsync();
        var scores = Array<double>("scores");
        var (dataset, stars) = await test.AddDatasetAsync("a", scores.Length);
        await SaveAsync(test, dataset, new IsolationForestParameters(), scores.Length, c => c.SaveAnomaliesAsync(stars, scores));
        await SaveAsync(test, dataset, new DbscanParameters(), scores.Length, c => c.SaveClustersAsync(stars, Array<int>("found")));
        var labels = stars.Zip(Array<int>("truth"), Array<string>("real")).Select(l => $"({l.First}, {l.Second}, nullif('{l.Third}', ''))");
        await test.ChangeLabelsAsync($"insert into star_labels (star_id, is_anomaly, cluster) values {string.Join(", ", labels)}");
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();

        foreach (var column in new[] { "precision", "recall", "f1", "average_precision", "adjusted_rand_index", "purity" })
        {
            var expected = s_expected.GetProperty(column).GetDouble();
            Assert.Equal(expected, await test.ScalarAsync<double>($"select max({column}) from mv_discovery_quality"), 1e-9);
            Assert.Equal(expected, await test.ScalarAsync<double>($"select max(mean_{column}) from mv_parameter_performance"), 2e-9);
            Assert.InRange(expected, 0.05, 0.95);
        }
        Assert.Equal(
            [$"anomaly | {scores.Length}", $"cluster | {scores.Length}"],
            await test.StringsAsync("select run_type, labelled_stars from mv_discovery_quality order by 1")
        );
    }

    [Fact]
    public async Task Coverage_counts_stars_in_the_cells_of_astropy_healpix()
    {
        await using var test = await TestLedger.CreateAsync();
        var positions = s_expected.GetProperty("positions").EnumerateArray().Select(p => (p[0].GetDouble(), p[1].GetDouble())).ToArray();
        await test.AddDatasetAsync("a", positions.Length, i => positions[i]);
        await new ViewRefresher(test.Ledger).RefreshPendingAsync();
        Assert.Equal(
            Array<long>("healpix_6").CountBy(c => c).OrderBy(c => c.Key).Select(c => $"{c.Key} | {c.Value} | 0 | null"),
            await test.StringsAsync("select healpix_6, stars, runs, last_analysed_at from mv_dataset_coverage order by 1")
        );
    }

    private static async Task SaveAsync(TestLedger test, long dataset, RunParameters parameters, int stars, Func<RunCompletion, Task> save)
    {
        var runs = new RunRepository(test.Ledger);
        await using var completion = await runs.BeginCompletionAsync((await runs.CreateAsync(dataset, parameters, StarFilter.All)).RunId);
        await save(completion);
        await completion.MarkCompleteAsync(stars, null);
        await completion.CommitAsync();
    }

    private static T[] Array<T>(string name) => s_expected.GetProperty(name).Deserialize<T[]>()!;

    private static JsonElement Read()
    {
        using var stream = typeof(ReferenceNumberTests).Assembly.GetManifestResourceStream("Almagest.Ledger.Tests.Expected.quality.json")!;
        return JsonDocument.Parse(stream).RootElement;
    }
}
