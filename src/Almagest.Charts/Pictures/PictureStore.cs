using System.Collections.Concurrent;
using Almagest.Charts.Drawing;
using Almagest.Contract.Datasets;
using Almagest.Contract.Errors;
using Almagest.Discovery.Features;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Comparison;
using Almagest.Runs.Requests;
using Almagest.Runs.Results;

namespace Almagest.Charts.Pictures;

/// <summary>
/// What pictures are drawn from: what is laid out of the stars, scores and marks. Datasets and complete runs never change, so each is made
/// once and kept; the least recently used are dropped when more stars are kept than fit. Thread-safe.
/// </summary>
public sealed class PictureStore(LedgerDatabase ledger, SelectionCache selections)
{
    /// <summary>Some 40 bytes for each: a few hundred megabytes at most, beyond the picture that is being drawn.</summary>
    private const long MostStars = 6_000_000;

    private sealed record Entry(Lazy<Task<object>> Value)
    {
        public long Used { get; set; }
        public long Stars { get; set; }
    }

    private readonly ConcurrentDictionary<string, Entry> _kept = new();
    private long _clock;

    /// <summary>The stars of a run's selection; those have a distance that have one for the run. Of a run whose results are in files the
    /// stars that it flags, or puts into clusters: the others are not in the ledger.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task<SelectionPicture> SelectionAsync(DiscoveryRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (RunRows.AreInFiles(run))
            return GetAsync($"kept {run.RunId}", () => KeptAsync(run), p => p.Stars);
        return SelectionAsync(run.DatasetId, StarFilter.FromJson(run.DatasetFilter), RuleOf(run));
    }

    /// <summary>The stars of a run's selection themselves, in the order of <see cref="SelectionPicture.StarIds"/>.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task<StarColumns> StarsAsync(DiscoveryRun run, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        return RunRows.AreInFiles(run)
            ? KeptColumns.ReadAsync(ledger, run, cancellationToken)
            : selections.GetAsync(run.DatasetId, StarFilter.FromJson(run.DatasetFilter), cancellationToken: cancellationToken);
    }

    private async Task<SelectionPicture> KeptAsync(DiscoveryRun run)
    {
        var dataset = await new DatasetRepository(ledger).GetAnyAsync(run.DatasetId);
        return SelectionPicture.Of(
            await KeptColumns.ReadAsync(ledger, run),
            Bands.Of(DatasetResource.ParseMapping(dataset.ColumnMapping)),
            RuleOf(run)
        );
    }

    // A run that took any parallax for a distance is no reason to draw noise.
    private static DistanceRule RuleOf(DiscoveryRun run)
    {
        try
        {
            var rule = ParameterReader.ReadStored(run).Distances;
            return rule.MinParallaxOverError is null ? DistanceRule.Usual : rule;
        }
        catch (LedgerException)
        {
            // Stored by a later program.
            return DistanceRule.Usual;
        }
    }

    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task<SelectionPicture> SelectionAsync(long datasetId, StarFilter filter, DistanceRule? rule = null)
    {
        ArgumentNullException.ThrowIfNull(filter);
        rule ??= DistanceRule.Usual;
        return GetAsync(
            $"selection {datasetId} {rule} {filter.ToJson()}",
            async () =>
            {
                var datasets = new List<Dataset>();
                foreach (var id in new[] { datasetId }.Concat(filter.AlsoDatasets ?? []))
                    datasets.Add(await new DatasetRepository(ledger).GetAsync(id));
                var mappings = datasets.ConvertAll(d => DatasetResource.ParseMapping(d.ColumnMapping));
                // What no star has need not be read of a million.
                var errors = SelectionPicture.Errors.Where(e =>
                    e == StarColumns.ParallaxErrorName || mappings.Exists(m => m.ContainsKey(e))
                );
                var bands = mappings.Select(Bands.Of).Distinct().ToList();
                return SelectionPicture.Of(
                    await selections.GetAsync(datasetId, filter, [.. errors]),
                    // Magnitudes of several bands in one chart are none of them.
                    bands is [var one]
                        ? one
                        : Bands.Unknown,
                    rule
                );
            },
            p => p.Stars
        );
    }

    /// <exception cref="LedgerException">no such run, or it has no scores</exception>
    public Task<RunScores> ScoresAsync(Guid runId) =>
        GetAsync($"scores {runId}", async () => await RunScores.ReadAsync(ledger, runId), s => s.Ascending.Count / 2);

    /// <summary>Which stars of its selection a complete run marks.</summary>
    public Task<StarMarks> MarksAsync(DiscoveryRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return GetAsync(
            $"marks {run.RunId}",
            async () =>
            {
                var picture = await SelectionAsync(run);
                var sets = new RunSetReader(ledger);
                return run.RunType == RunTypes.Anomaly
                    ? StarMarks.Of(picture.StarIds, false, [(0, (await sets.MarksAsync([run]))[0].Marked)])
                    : StarMarks.Of(
                        picture.StarIds,
                        true,
                        (await sets.ClustersAsync([run]))[0].Clusters.Select(c => (c.ClusterId, (IEnumerable<long>)c.Members))
                    );
            },
            m => m.Stars / 10
        );
    }

    /// <summary>Which stars of its selection an anomaly run would flag below another threshold.</summary>
    public async Task<StarMarks> MarksBelowAsync(DiscoveryRun run, double threshold)
    {
        ArgumentNullException.ThrowIfNull(run);
        var picture = await SelectionAsync(run);
        return StarMarks.Of(picture.StarIds, false, [(0, (await ScoresAsync(run.RunId)).StarsBelow(threshold))]);
    }

    /// <summary>For each star of a run's selection its place in the order of scores, the most anomalous at 0; −1 where the run did not
    /// analyse it.</summary>
    public Task<int[]> RanksAsync(DiscoveryRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return GetAsync(
            $"ranks {run.RunId}",
            async () =>
            {
                var picture = await SelectionAsync(run);
                var scores = await ScoresAsync(run.RunId);
                var ranks = new int[picture.Stars];
                Array.Fill(ranks, -1);
                for (var i = 0; i < scores.Stars.Count; i++)
                {
                    if (Array.BinarySearch(picture.StarIds, scores.Stars[i]) is >= 0 and var at)
                        ranks[at] = i;
                }
                return ranks;
            },
            r => r.Length / 10
        );
    }

    private async Task<T> GetAsync<T>(string key, Func<Task<T>> make, Func<T, long> stars)
        where T : notnull
    {
        var entry = _kept.GetOrAdd(key, _ => new Entry(new Lazy<Task<object>>(() => Task.Run(async () => (object)await make()))));
        entry.Used = Interlocked.Increment(ref _clock);
        try
        {
            var value = (T)await entry.Value.Value;
            entry.Stars = stars(value);
            while (_kept.Count > 1 && _kept.Values.Sum(e => e.Stars) > MostStars)
                _kept.TryRemove(_kept.MinBy(k => k.Value.Used).Key, out _);
            return value;
        }
        catch
        {
            _kept.TryRemove(key, out _);
            throw;
        }
    }
}
