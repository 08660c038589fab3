using System.Globalization;
using Almagest.Contract.Comparison;
using Almagest.Contract.Errors;
using Almagest.Discovery.Changes;
using Almagest.Discovery.Statistics;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Comparison;
using Almagest.Runs.Execution;
using Almagest.Runs.Requests;

namespace Almagest.Runs.Changes;

/// <summary>
/// Tells which flags are new in a run over one dataset, and which are gone, compared with a run over another of the same stars, and why.
/// For the causes both detectors are fitted again, and each scores what either catalogue says of a star (<see cref="ScoreChange"/>).
/// </summary>
/// <remarks>Thread-safe. Keeps the last answers: share one instance.</remarks>
/// <param name="shared">stars that others use as well; null = its own</param>
public sealed class RunChangeReader(LedgerDatabase ledger, SelectionCache? shared = null)
{
    /// <summary>Answers that are kept: each is as large as its flips.</summary>
    private const int Kept = 4;

    /// <summary>Stars near the threshold that tell by how much scores are shifted as a whole.</summary>
    private const int Near = 400;

    private readonly SelectionCache _selections = shared ?? new SelectionCache(ledger);
    private readonly Lock _guard = new();
    private readonly List<(Key Key, RunChanges Changes)> _kept = [];

    /// <summary>Threads; 0 = one per core. Never changes an answer.</summary>
    public int MaxThreads { get; init; }

    /// <param name="run1">a complete anomaly run over one dataset</param>
    /// <param name="run2">one over another of the same stars</param>
    /// <exception cref="LedgerException">they are not, or nothing says which stars are the same</exception>
    public async Task<RunChanges> ReadAsync(
        DiscoveryRun run1,
        DiscoveryRun run2,
        PairingChoice? choice = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(run1);
        ArgumentNullException.ThrowIfNull(run2);
        foreach (var run in new[] { run1, run2 })
        {
            ComparedRuns.RequireComplete(run);
            RunRows.Require(run);
            if (RunDatasets.Ids(run).Count > 1)
                throw LedgerException.Of(
                    ErrorCode.RunsNotComparable,
                    $"run {run.RunId} is over several datasets: what changed is told of one and another",
                    "Name two runs over one dataset each.",
                    "run_id"
                );
        }
        ComparedRuns.RequireType([run1, run2], RunTypes.Anomaly, "run_id");
        var datasets = new DatasetRepository(ledger);
        var (first, second) = (
            await datasets.GetAsync(run1.DatasetId, cancellationToken),
            await datasets.GetAsync(run2.DatasetId, cancellationToken)
        );
        var pairings = new PairingReader(ledger);
        choice ??= new PairingChoice();
        var (match, _) = await pairings.ResolveAsync(first, second, choice, cancellationToken);
        var key = new Key(run1.RunId, run2.RunId, match?.MatchId, choice.BySourceId, first.Name, second.Name);
        if (Find(key) is { } ready)
            return ready;
        using var place = await LargeWork.Answers.TakeAsync(cancellationToken);
        // Somebody before us may have asked the same.
        if (Find(key) is { } made)
            return made;
        var pairing = await pairings.ReadAsync(first, second, choice, cancellationToken);
        var changes = await CompareAsync(run1, run2, pairing, cancellationToken);
        Keep(key, changes);
        return changes;
    }

    private async Task<RunChanges> CompareAsync(
        DiscoveryRun run1,
        DiscoveryRun run2,
        StarPairing pairing,
        CancellationToken cancellationToken
    )
    {
        var (results1, results2) = (
            await FlaggedStars.ReadAsync(ledger, run1, cancellationToken),
            await FlaggedStars.ReadAsync(ledger, run2, cancellationToken)
        );
        var overlap = Overlap(pairing, results1, results2);
        var flips = new List<Flip>();
        foreach (var star in results2.Flagged)
            if (pairing.Of(star, isFirst: false) is var partner && !results1.IsFlagged(partner))
                flips.Add(new Flip(true, partner, star));
        foreach (var star in results1.Flagged)
            if (pairing.Of(star, isFirst: true) is var partner && !results2.IsFlagged(partner))
                flips.Add(new Flip(false, star, partner));
        var stars1 = await FlipStars.ReadAsync(ledger, [.. flips.Select(f => f.Star1).OfType<long>().Order()], cancellationToken);
        var stars2 = await FlipStars.ReadAsync(ledger, [.. flips.Select(f => f.Star2).OfType<long>().Order()], cancellationToken);
        var (causes, whyNot) = await CausesAsync(run1, run2, pairing, results1, results2, stars1, stars2, cancellationToken);
        var (sky1, sky2) = (
            await CoveredSky.ReadAsync(ledger, pairing.Dataset1, cancellationToken),
            await CoveredSky.ReadAsync(ledger, pairing.Dataset2, cancellationToken)
        );
        var teller = new FlipTeller(pairing, results1, results2, stars1, stars2, sky1, sky2, causes);
        await teller.PrepareAsync(ledger, flips, cancellationToken);
        var told = new StarChange[flips.Count];
        await Task.Run(
            () =>
                Parallel.For(
                    0,
                    flips.Count,
                    new ParallelOptions
                    {
                        CancellationToken = cancellationToken,
                        MaxDegreeOfParallelism = MaxThreads > 0 ? MaxThreads : Environment.ProcessorCount,
                    },
                    i => told[i] = teller.Tell(flips[i])
                ),
            cancellationToken
        );
        var ordered = told.OrderByDescending(f => f is { Score1: { } a, Score2: { } b } ? Math.Abs(b - a) : -1)
            .ThenBy(f => Math.Min(f.Score1 ?? 0, f.Score2 ?? 0))
            .ThenBy(f => f.Star2Id ?? f.Star1Id)
            .ToList();
        var resource = new ChangesResource(
            run1.RunId,
            run2.RunId,
            pairing.Dataset1.Name,
            pairing.Dataset2.Name,
            pairing.ToResource(),
            overlap.Shared,
            results1.Flagged.LongCount(),
            results2.Flagged.LongCount(),
            overlap.Common,
            flips.Count(f => f.IsNew),
            flips.Count(f => !f.IsNew),
            overlap.Expected,
            overlap.Jaccard,
            overlap.Kappa,
            causes is not null,
            whyNot,
            Counts(ordered, RunChanges.New),
            Counts(ordered, RunChanges.Gone),
            [.. Notes(run1, run2)]
        );
        return new RunChanges(run1, run2, resource, ordered);
    }

    private static MarkOverlap Overlap(StarPairing pairing, FlaggedStars results1, FlaggedStars results2)
    {
        long both = 0,
            flagged1 = 0,
            flagged2 = 0,
            kept = 0;
        for (var i = 0; i < pairing.Stars1.Count; i++)
        {
            var (star1, star2) = (pairing.Stars1[i], pairing.Stars2[i]);
            if (!results1.Has(star1) || !results2.Has(star2))
                continue;
            var (flag1, flag2) = (results1.IsFlagged(star1), results2.IsFlagged(star2));
            both++;
            flagged1 += flag1 ? 1 : 0;
            flagged2 += flag2 ? 1 : 0;
            kept += flag1 && flag2 ? 1 : 0;
        }
        return new MarkOverlap(both, flagged1, flagged2, kept);
    }

    /// <summary>What tells causes; null where they cannot be told, and why.</summary>
    private async Task<(Causes? Causes, string? WhyNot)> CausesAsync(
        DiscoveryRun run1,
        DiscoveryRun run2,
        StarPairing pairing,
        FlaggedStars results1,
        FlaggedStars results2,
        FlipStars stars1,
        FlipStars stars2,
        CancellationToken cancellationToken
    )
    {
        var deciding = RunDifference.Of(run1, run2).Differences.Intersect(["algorithm", "features", "parameters"]).ToList();
        if (deciding.Count > 0)
            return (null, $"the runs differ in {string.Join(" and ", deciding)}, and causes cannot be told from that");
        try
        {
            var refitted1 = await RefittedRun.LoadAsync(
                _selections,
                await ScoredRun.GetAsync(ledger, run1.RunId, cancellationToken),
                results1,
                MaxThreads,
                cancellationToken
            );
            var refitted2 = await RefittedRun.LoadAsync(
                _selections,
                await ScoredRun.GetAsync(ledger, run2.RunId, cancellationToken),
                results2,
                MaxThreads,
                cancellationToken
            );
            if (!refitted1.Names.SequenceEqual(refitted2.Names))
                return (
                    null,
                    $"run 1 looked at {string.Join(", ", refitted1.Names)}, run 2 at {string.Join(", ", refitted2.Names)}, because the "
                        + "tables have other columns"
                );
            var near = results1
                .NearThreshold.Select(star => (Star1: star, Star2: pairing.Of(star, isFirst: true)))
                .Where(p => results2.Has(p.Star2))
                .Take(Near)
                .ToList();
            var measured = await FlipStars.ReadAsync(ledger, [.. near.Select(p => p.Star1).Order()], cancellationToken);
            var change = await Task.Run(
                () =>
                    new ScoreChange(
                        refitted1.Side,
                        refitted2.Side,
                        [
                            .. near.Select(p =>
                                (refitted1.RowOf(p.Star1), refitted2.RowOf(p.Star2!.Value), measured.Measured(measured.RowOf(p.Star1)))
                            ),
                        ]
                    ),
                cancellationToken
            );
            return (new Causes(change, refitted1, refitted2), null);
        }
        catch (LedgerException e) when (e.Code == ErrorCode.RunNotRepeatable || e.Code == ErrorCode.RunStarsChanged)
        {
            return (null, e.Message);
        }
    }

    private static Dictionary<string, long> Counts(IEnumerable<StarChange> flips, string change) =>
        flips
            .Where(f => f.Change == change)
            .GroupBy(f => f.Cause)
            .OrderByDescending(g => g.Count())
            .ThenBy(g => g.Key, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.LongCount());

    private static IEnumerable<string> Notes(DiscoveryRun run1, DiscoveryRun run2)
    {
        var (filter1, filter2) = (StarFilter.FromJson(run1.DatasetFilter), StarFilter.FromJson(run2.DatasetFilter));
        if (filter1.ToJson() != filter2.ToJson())
            yield return $"The runs have other filters ({filter1.Describe()}; {filter2.Describe()}): what the detector made of a change "
                + "may be theirs.";
        if (run1.RandomSeed != run2.RandomSeed)
            yield return "The runs have other seeds: what the detector made of a change may be the seed's.";
        else if (run1.RandomSeed is not null)
            yield return "The detector draws random numbers: flags that are new or gone by the detector alone are as common between two "
                + "seeds over one table.";
        var (share1, share2) = (Share(run1), Share(run2));
        if (share1 is { } a && share2 is { } b && a != b)
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"Run 1 flags {100 * a:0.###} % of its stars, run 2 {100 * b:0.###} %."
            );
        if (run1.ProgramVersion != run2.ProgramVersion)
            yield return $"The runs were made by versions {run1.ProgramVersion} and {run2.ProgramVersion} of the program.";
    }

    private static double? Share(DiscoveryRun run)
    {
        try
        {
            return (ParameterReader.ReadStored(run) as Almagest.Discovery.Anomaly.AnomalyParameters)?.Contamination;
        }
        catch (LedgerException)
        {
            return null;
        }
    }

    private RunChanges? Find(Key key)
    {
        lock (_guard)
            return _kept.FirstOrDefault(k => k.Key == key).Changes;
    }

    private void Keep(Key key, RunChanges changes)
    {
        lock (_guard)
        {
            _kept.RemoveAll(k => k.Key == key);
            _kept.Insert(0, (key, changes));
            if (_kept.Count > Kept)
                _kept.RemoveAt(Kept);
        }
    }

    // Datasets may get other names meanwhile, and the answer has them.
    private readonly record struct Key(Guid Run1, Guid Run2, long? Match, bool BySourceId, string Dataset1, string Dataset2);
}

/// <summary>A flag that is new, or gone.</summary>
internal sealed record Flip(bool IsNew, long? Star1, long? Star2);

/// <summary>What tells causes.</summary>
internal sealed record Causes(ScoreChange Change, RefittedRun Run1, RefittedRun Run2);
