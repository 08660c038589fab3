using System.Text.Json.Nodes;
using Almagest.Contract.Errors;
using Almagest.Discovery.Changes;
using Almagest.Discovery.Features;
using Almagest.Ledger.Database;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Requests;

namespace Almagest.Runs.Changes;

/// <summary>A stored run whose detector is fitted again, and is the same.</summary>
internal sealed class RefittedRun
{
    // Of a score beyond 1 relative to it, as of explanations: other data change scores by far more.
    private const double ScoreTolerance = 1e-12;

    /// <summary>As many ids as a filter takes.</summary>
    private const int Batch = 10_000;

    private readonly long[] _selected;
    private readonly StarColumns _analysed;
    private readonly Dictionary<long, string> _excluded;
    private readonly StarFilter _filter;
    private readonly long _datasetId;

    private RefittedRun(ScoredRun stored, StarColumns selected, StarAnalysis analysis)
    {
        Side = new FittedSide(analysis.Features, analysis.Anomalies!, stored.Parameters with { Draws = 1 });
        Names = analysis.Features.Matrix.Names;
        (_selected, _analysed) = (selected.StarId, analysis.Stars);
        _excluded = analysis.Features.Excluded.SelectMany(e => e.StarIds.Select(id => (id, e.Reason))).ToDictionary();
        (_filter, _datasetId) = (stored.Filter, stored.Run.DatasetId);
    }

    public FittedSide Side { get; }

    /// <summary>The features of its matrix.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <exception cref="LedgerException">the recipe, the stars or the program have changed since: it is another detector</exception>
    public static async Task<RefittedRun> LoadAsync(
        SelectionCache selections,
        ScoredRun stored,
        FlaggedStars results,
        int maxThreads,
        CancellationToken cancellationToken
    )
    {
        var (run, parameters) = (stored.Run, stored.Parameters with { Draws = 1 });
        var selected = await selections.GetAsync(run.DatasetId, stored.Filter, NeededNumbers.Of(parameters), null, cancellationToken);
        var analysis = await Task.Run(
            () => StarAnalysis.Run(selected, parameters, maxThreads, cancellationToken: cancellationToken),
            cancellationToken
        );
        var found = analysis.Anomalies!;
        if (analysis.Stars.Count != results.Count)
            throw PreparedRun.Changed(run.RunId, $"it analysed {results.Count} stars, and would now analyse {analysis.Stars.Count}");
        for (var row = 0; row < analysis.Stars.Count; row++)
        {
            var now = found.Decision(row);
            if (
                results.Score(analysis.Stars.StarId[row]) is not { } score
                || !(Math.Abs(now - score) <= ScoreTolerance * Math.Max(1, Math.Abs(found.RawScores[row])))
            )
                throw PreparedRun.Changed(run.RunId, $"star {analysis.Stars.StarId[row]} would now have another score");
        }
        return new RefittedRun(stored, selected, analysis);
    }

    public int RowOf(long star) => Array.BinarySearch(_analysed.StarId, star);

    /// <summary>Why it did not analyse some stars of its dataset, such as <c>no parallax</c>; of those that its filter leaves out, which
    /// conditions they fail.</summary>
    public async Task<IReadOnlyDictionary<long, Exclusion>> WhyNotAsync(
        LedgerDatabase ledger,
        FlipStars stars,
        IReadOnlyCollection<long> wanted,
        CancellationToken cancellationToken
    )
    {
        var why = new Dictionary<long, Exclusion>();
        foreach (var star in wanted)
            why[star] = _excluded.TryGetValue(star, out var reason) ? new Exclusion(reason, false) : new Exclusion("", true);
        long[] outside = [.. wanted.Where(star => Array.BinarySearch(_selected, star) < 0)];
        if (outside.Length == 0)
            return why;
        var failed = outside.ToDictionary(star => star, _ => new List<string>());
        foreach (var (name, condition) in JsonNode.Parse(_filter.ToJson())!.AsObject())
        {
            // Whom a sample leaves out is told by nothing but that no other condition does.
            if (name is "sample" or "also_datasets")
                continue;
            var single = StarFilter.FromJson(new JsonObject { [name] = condition!.DeepClone() }.ToJsonString());
            var passing = new HashSet<long>();
            foreach (var batch in outside.Chunk(Batch))
            {
                var only = single with { Only = new SourceIds(batch.Select(star => stars.SourceIds[stars.RowOf(star)])) };
                if (name == "only")
                    only = single;
                passing.UnionWith((await new SelectionLoader(ledger).LoadAsync(_datasetId, only, null, cancellationToken)).StarId);
            }
            foreach (var star in outside.Where(star => !passing.Contains(star)))
                failed[star].Add(single.Describe());
        }
        foreach (var (star, conditions) in failed)
            why[star] = new Exclusion(conditions.Count == 0 ? "not in its random sample" : string.Join(", ", conditions), true);
        return why;
    }
}

/// <summary>Why a run did not analyse a star.</summary>
/// <param name="Reason">what it lacks, or the conditions of the filter that it fails</param>
/// <param name="IsFilter">whether the filter leaves it out</param>
internal sealed record Exclusion(string Reason, bool IsFilter);
