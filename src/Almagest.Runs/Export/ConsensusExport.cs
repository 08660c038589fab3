using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Almagest.Catalog.Writing;
using Almagest.Contract.Columns;
using Almagest.Contract.Errors;
using Almagest.Discovery.Consensus;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Export;
using Almagest.Ledger.Model;
using Almagest.Runs.Comparison;

namespace Almagest.Runs.Export;

/// <summary>Stars ranked over many anomaly runs, as a table to be written. The ranking is in memory (a hundred bytes a flagged star), the
/// catalogue's columns are not.</summary>
public sealed class ConsensusExport(LedgerDatabase ledger)
{
    private const int BatchStars = 10_000;

    private static readonly IReadOnlyList<Column> s_columns = [.. ExportColumns.Star, .. ComparisonColumns.OfConsensus];

    /// <param name="runs">complete anomaly runs over one dataset</param>
    /// <param name="limit">null = every star that a run flags</param>
    /// <exception cref="LedgerException">there is no run, one is of another type, or they are over several datasets</exception>
    public async Task<ExportTable> TableAsync(
        IReadOnlyList<DiscoveryRun> runs,
        ConsensusOptions? options = null,
        int? limit = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(runs);
        if (runs.Count == 0)
            throw LedgerException.Of(ErrorCode.NoCompleteRun, "there is no complete anomaly run to rank stars by", "Start one first.");
        ComparedRuns.RequireType(runs, RunTypes.Anomaly);
        ComparedRuns.RequireOneDataset(runs);
        var ordered = runs.OrderBy(r => r.RunId).ToList();
        options ??= ConsensusOptions.Default;
        var ranking = await ConsensusReader.RankAsync(ledger, ordered, options, cancellationToken);
        var top = ranking.Top(limit ?? int.MaxValue, cancellationToken);
        var provenance = await new Provenance(ledger).OfAsync(
            $"Stars on which {runs.Count} anomaly runs agree",
            $"{(limit is null ? "every flagged star" : $"the first {limit} of {ranking.Count} flagged stars")}, by "
                + $"{(options.Order == ConsensusOrder.Low ? "credible_low" : "posterior_mean")}, highest first",
            ordered,
            cancellationToken
        );
        provenance["draws"] = new JsonObject(
            ordered.Zip(ranking.DrawOf, (r, d) => KeyValuePair.Create(r.RunId.ToString(), (JsonNode?)JsonValue.Create(d + 1)))
        );
        provenance["independent_draws"] = ranking.Questions.Sum(q => q.Draws);
        provenance["questions"] = ranking.Questions.Count;
        provenance["level"] = options.Level;
        provenance["further_draws"] = options.Further;
        return ColumnTable.Of("consensus", s_columns, provenance, BatchesAsync(ordered, top, cancellationToken)) with
        {
            IntegerIds = await IntegerIds.ColumnsAsync(ledger, ordered.SelectMany(RunDatasets.Ids), cancellationToken),
        };
    }

    private async IAsyncEnumerable<IReadOnlyList<object?[]>> BatchesAsync(
        List<DiscoveryRun> runs,
        IReadOnlyList<StarConsensus> ranked,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        long rank = 0;
        foreach (var chunk in ranked.Chunk(BatchStars))
        {
            var ids = chunk.Select(s => s.StarId).ToArray();
            var stars = (
                await ledger.ReadAsync(context => context.Stars.Where(s => ids.Contains(s.StarId)), cancellationToken)
            ).ToDictionary(s => s.StarId);
            var chances = await ConsensusReader.FlagProbabilitiesAsync(ledger, runs, ids, cancellationToken);
            var rows = new List<object?[]>(chunk.Length);
            foreach (var c in chunk)
            {
                rank++;
                if (!stars.TryGetValue(c.StarId, out var star))
                    continue;
                rows.Add(
                    ExportColumns.Of(
                        star,
                        rank,
                        (long)c.Flagged,
                        (long)c.Analysed,
                        c.FlaggedDraws,
                        (long)c.Draws,
                        (long)c.Rates.Count(r => r is not null),
                        c.Posterior.Mean,
                        c.Posterior.Intervals?.CredibleLow,
                        c.Posterior.Intervals?.CredibleHigh,
                        c.Posterior.Intervals?.PredictiveLow,
                        c.Posterior.Intervals?.PredictiveHigh,
                        chances.TryGetValue(c.StarId, out var chance) ? chance : null
                    )
                );
            }
            yield return rows;
        }
    }
}
