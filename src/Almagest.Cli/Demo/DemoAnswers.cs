using System.Text.Json.Serialization;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Views.OverlapMatrix;
using Almagest.Ledger.Views.Queries;
using Almagest.Ledger.Views.StarFrequency;
using Almagest.Ledger.Views.Timeline;
using Microsoft.EntityFrameworkCore;

namespace Almagest.Cli.Demo;

/// <summary>A star that is flagged again and again.</summary>
/// <param name="MeanAnomalyScore">null where runs of different algorithms flag it: their scores have no common scale</param>
internal sealed record PersistentStar(
    long StarId,
    string SourceId,
    double RaDeg,
    double DecDeg,
    double? Magnitude,
    double? ParallaxMas,
    double? ParallaxErrorMas,
    double? Ruwe,
    long AnomalyCount,
    long TotalRuns,
    double FrequencyPct,
    double? MeanAnomalyScore
)
{
    /// <summary>What is known of it beforehand; null where nothing is.</summary>
    public string? Truth { get; init; }
}

/// <summary>A pair of runs, without the list of their common stars.</summary>
internal sealed record RunPair(
    [property: JsonPropertyName("run_1_id")] Guid Run1Id,
    [property: JsonPropertyName("run_2_id")] Guid Run2Id,
    long OverlapCount,
    double JaccardSimilarity
);

/// <summary>The answers across runs, every one a look-up in a view.</summary>
internal sealed record DemoAnswers(
    IReadOnlyList<PersistentStar> Persistent,
    IReadOnlyList<RunPair> Pairs,
    IReadOnlyList<TimelineRow> Timeline
)
{
    private const int Stars = 8;

    public static async Task<DemoAnswers> ReadAsync(
        LedgerDatabase ledger,
        Dataset dataset,
        IReadOnlyList<DemoRun> runs,
        CancellationToken cancellationToken
    )
    {
        await using var context = ledger.CreateContext();
        var frequent = await context
            .Set<StarFrequencyRow>()
            .Where(f => f.AnomalyCount > 0)
            .Join(context.Stars.Where(s => s.DatasetId == dataset.DatasetId), f => f.StarId, s => s.StarId, (f, s) => new { f, s })
            .OrderByDescending(x => x.f.FrequencyPct)
            .ThenByDescending(x => x.f.AnomalyCount)
            .ThenBy(x => x.f.StarId)
            .Take(Stars)
            .ToListAsync(cancellationToken);
        var queries = new AnalyticsQueries(ledger);
        var comparable = await queries.OfOneAlgorithmAsync([.. frequent.Select(x => x.f)], cancellationToken);
        var persistent = frequent
            .Select(x => new PersistentStar(
                x.f.StarId,
                x.s.SourceId,
                x.s.RaDeg,
                x.s.DecDeg,
                x.s.Magnitude,
                x.s.ParallaxMas,
                x.s.ParallaxErrorMas,
                x.s.Ruwe,
                x.f.AnomalyCount,
                x.f.TotalRuns,
                x.f.FrequencyPct,
                comparable.Contains(x.f.StarId) ? x.f.MeanAnomalyScore : null
            ))
            .ToList();
        var ids = runs.Where(r => r is { IsAnomaly: true, RunId: not null }).Select(r => r.RunId!.Value).ToArray();
        var pairs = await context
            .Set<OverlapRow>()
            .Where(o => ids.Contains(o.Run1Id) && ids.Contains(o.Run2Id))
            .Select(o => new RunPair(o.Run1Id, o.Run2Id, o.OverlapCount, o.JaccardSimilarity))
            .ToListAsync(cancellationToken);
        return new DemoAnswers(persistent, pairs, await queries.TimelineAsync("week", null, 4, cancellationToken));
    }
}
