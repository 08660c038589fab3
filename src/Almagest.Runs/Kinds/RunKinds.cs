using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly;
using Almagest.Discovery.Kinds;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Npgsql;

namespace Almagest.Runs.Kinds;

/// <summary>
/// Groups the flagged stars of a stored anomaly run by why they are flagged. The run's detector is fitted again, as for explanations;
/// nothing is stored, and the same run has the same kinds.
/// </summary>
/// <remarks>Thread-safe. Keeps the last two prepared runs in memory.</remarks>
/// <param name="shared">stars that others use as well; null = its own</param>
public sealed class RunKinds(LedgerDatabase ledger, SelectionCache? shared = null) : IDisposable
{
    /// <summary>Other seeds that stability is measured with, unless said otherwise.</summary>
    public const int UsualSeeds = 3;

    public const int MostSeeds = 20;

    /// <summary>Flagged stars that are looked at: each costs an explanation.</summary>
    private const int MostStars = 3000;

    private const int Listed = 5;

    /// <summary>Reasons less alike than this are others.</summary>
    private const double LeastLike = 0.7;

    private readonly PreparedRuns _prepared = new();
    private readonly SelectionCache _selections = shared ?? new SelectionCache(ledger);

    /// <summary>Threads; 0 = one per core. Never changes an answer.</summary>
    public int MaxThreads { get; init; }

    /// <param name="seeds">further seeds for the kinds' stability</param>
    /// <param name="with">another anomaly run, whose kinds are matched with these</param>
    /// <exception cref="LedgerException">no such run; it is not a complete anomaly run; the recipe, the stars or the program have changed
    /// since</exception>
    public async Task<KindsResource> FindAsync(
        Guid runId,
        int seeds = UsualSeeds,
        Guid? with = null,
        CancellationToken cancellationToken = default
    )
    {
        var (found, parameters, step) = await GroupAsync(runId, cancellationToken);
        var stability = await Task.Run(
            () => KindStability.Of(found, parameters, seeds, step, Context(cancellationToken), cancellationToken),
            cancellationToken
        );
        var other = with is { } id ? (await GroupAsync(id, cancellationToken)).Found : null;
        var stars = await KindStars.ReadAsync(ledger, found.StarIds, cancellationToken);
        return new KindsResource(
            runId,
            found.Run.Algorithm,
            found.Flagged,
            found.Rows.Count,
            found.Rows.Count - found.Kinds.Sum(k => k.Members.Count),
            stability is null ? 0 : seeds,
            [.. found.Kinds.Select((kind, k) => Resource(found, k, stability?[k], stars, other is null ? null : Match(found, kind, other)))]
        );
    }

    /// <summary>Stars that the run does not flag, and whose reasons are most like those of a kind.</summary>
    /// <exception cref="LedgerException">as <see cref="FindAsync"/>; no such kind</exception>
    public async Task<MoreOfKindResource> MoreAsync(Guid runId, int kindId, int limit, CancellationToken cancellationToken = default)
    {
        var stored = await ScoredRun.GetAsync(ledger, runId, cancellationToken);
        RunRows.Require(stored.Run);
        var (found, _, _) = await GroupAsync(runId, cancellationToken);
        var kind = Kind(found, kindId);
        var prepared = await PreparedAsync(stored, cancellationToken);
        var next = await StarsAsync(runId, isAnomaly: 0, MostStars, cancellationToken);
        int[] rows = [.. next.Select(s => prepared.RowOf(s.StarId))];
        var vectors = await Task.Run(() => found.Reasons.Of(prepared.Explainer, rows, MaxThreads, cancellationToken), cancellationToken);
        var like = new List<(long StarId, double Score, double Likeness)>();
        for (var i = 0; i < rows.Length && like.Count < limit; i++)
        {
            var likeness = FoundKinds.Likeness(kind, vectors[i]);
            // The nearest kind, and near enough.
            if (likeness >= LeastLike && found.Kinds.All(k => FoundKinds.Likeness(k, vectors[i]) <= likeness))
                like.Add((next[i].StarId, next[i].Score, likeness));
        }
        var stars = await KindStars.ReadAsync(ledger, [.. like.Select(s => s.StarId)], cancellationToken);
        return new MoreOfKindResource(
            runId,
            kindId,
            found.Names[kindId],
            rows.Length,
            [.. like.Select(s => new KindStar(s.StarId, stars.SourceId(s.StarId), s.Score, s.Likeness))]
        );
    }

    /// <summary>The flagged stars with their kinds.</summary>
    /// <exception cref="LedgerException">as <see cref="FindAsync"/></exception>
    public async Task<StarKinds> StarsAsync(Guid runId, CancellationToken cancellationToken = default)
    {
        var (found, _, _) = await GroupAsync(runId, cancellationToken);
        var stars = new Dictionary<long, StarKind>();
        foreach (var (k, kind) in found.Kinds.Index())
        {
            foreach (var i in kind.Members)
                stars[found.StarIds[i]] = new StarKind(k, found.Names[k], FoundKinds.Likeness(kind, found.Vectors[i]));
        }
        return new StarKinds(found.Rows.Count, stars);
    }

    /// <summary>The name of a kind, and the ids in the catalogue of all of its stars.</summary>
    /// <exception cref="LedgerException">as <see cref="FindAsync"/>; no such kind</exception>
    public async Task<(string Name, IReadOnlyList<string> SourceIds)> SourceIdsAsync(
        Guid runId,
        int kindId,
        CancellationToken cancellationToken = default
    )
    {
        var (found, _, _) = await GroupAsync(runId, cancellationToken);
        var kind = Kind(found, kindId);
        var ids = found.StarsOf(kind);
        var stars = await KindStars.ReadAsync(ledger, ids, cancellationToken);
        return (found.Names[kindId], [.. ids.Select(stars.SourceId)]);
    }

    /// <summary>Labels all stars of a kind as unusual, and of a kind of this name.</summary>
    /// <exception cref="LedgerException">as <see cref="FindAsync"/>; no such kind; a name is too long</exception>
    public async Task<KindLabelResource> LabelAsync(
        Guid runId,
        int kindId,
        string name,
        string labelSet,
        string? by,
        CancellationToken cancellationToken = default
    )
    {
        var (found, _, _) = await GroupAsync(runId, cancellationToken);
        var stars = found.StarsOf(Kind(found, kindId));
        var labels = await new StarLabels(ledger).SetKindAsync([.. stars.Order()], labelSet, name, by, cancellationToken);
        return new KindLabelResource(runId, kindId, labelSet, name, labels);
    }

    public void Dispose() => _prepared.Dispose();

    private AlgorithmContext Context(CancellationToken cancellationToken) =>
        new() { MaxThreads = MaxThreads, CancellationToken = cancellationToken };

    private static AnomalyKind Kind(FoundKinds found, int kindId) =>
        kindId >= 0 && kindId < found.Kinds.Count
            ? found.Kinds[kindId]
            : throw LedgerException.Of(
                ErrorCode.KindNotFound,
                $"run {found.Run.RunId} has no kind {kindId} of flagged stars; it has {found.Kinds.Count}",
                "Kinds are numbered from 0, the largest first.",
                "kind_id"
            );

    private async Task<(FoundKinds Found, AnomalyParameters Parameters, int Step)> GroupAsync(
        Guid runId,
        CancellationToken cancellationToken
    )
    {
        var stored = await ScoredRun.GetAsync(ledger, runId, cancellationToken);
        var prepared = await PreparedAsync(stored, cancellationToken);
        var flagged = await StarsAsync(runId, isAnomaly: 1, int.MaxValue, cancellationToken);
        // The same stars with any seed, so that kinds of samples can be compared.
        var step = Math.Max(1, (flagged.Count + MostStars - 1) / MostStars);
        var rows = new List<int>();
        var (ids, scores) = (new List<long>(), new List<double>());
        foreach (var (starId, score) in flagged)
        {
            var row = prepared.RowOf(starId);
            if (row < 0)
                throw PreparedRun.Changed(runId, $"star {starId} is no longer in its selection");
            if (row % step != 0)
                continue;
            rows.Add(row);
            ids.Add(starId);
            scores.Add(score);
        }
        return await Task.Run(
            () =>
            {
                var reasons = new ReasonVectors(prepared.Features.Matrix);
                var vectors = reasons.Of(prepared.Explainer, rows, MaxThreads, cancellationToken);
                var kinds = KindFinder.Find(reasons, rows, vectors, cancellationToken);
                var found = new FoundKinds(stored.Run, flagged.Count, prepared.Features, reasons, rows, ids, scores, vectors, kinds);
                return (found, stored.Parameters, step);
            },
            cancellationToken
        );
    }

    private Task<PreparedRun> PreparedAsync(ScoredRun stored, CancellationToken cancellationToken)
    {
        if (stored.Parameters.Algorithm is not IExplainable explainable)
        {
            throw LedgerException.Of(
                ErrorCode.WrongRunType,
                $"run {stored.Run.RunId} is by {stored.Run.Algorithm}, whose scores have no explanation, and so no kinds",
                "Name a run of another algorithm.",
                "run_id"
            );
        }
        return _prepared.GetAsync(
            stored.Run.RunId,
            () => PreparedRun.LoadAsync(ledger, _selections, stored, explainable, MaxThreads, cancellationToken),
            cancellationToken
        );
    }

    private Task<List<(long StarId, double Score)>> StarsAsync(Guid runId, int isAnomaly, int limit, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select star_id, anomaly_score from public.discovery_results where run_id = $1 and is_anomaly = $2
                    order by anomaly_score, star_id limit $3
                    """,
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = runId },
                        new() { Value = isAnomaly },
                        new() { Value = limit },
                    },
                };
                var stars = new List<(long, double)>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    stars.Add((reader.GetInt64(0), reader.GetDouble(1)));
                return stars;
            },
            cancellationToken
        );

    private static KindResource Resource(FoundKinds found, int k, double? stability, KindStars stars, KindMatch? like)
    {
        var kind = found.Kinds[k];
        var features = found.FeaturesOf[k];
        KindStar Star(int i) =>
            new(found.StarIds[i], stars.SourceId(found.StarIds[i]), found.Scores[i], FoundKinds.Likeness(kind, found.Vectors[i]));
        return new KindResource(
            k,
            found.Names[k],
            kind.Members.Count,
            KindWords.Sentence(kind.Members.Count, features),
            stability,
            features,
            stars.Place(kind.Members.Select(i => found.StarIds[i])),
            [.. kind.Members.Take(Listed).Select(Star)],
            // The flagged stars are in the order of their scores.
            [.. kind.Members.Order().Take(Listed).Select(Star)],
            like,
            [.. kind.Members.Select(i => found.StarIds[i])],
            [.. kind.Members.Select(i => stars.SourceId(found.StarIds[i]))]
        );
    }

    private static KindMatch? Match(FoundKinds found, AnomalyKind kind, FoundKinds other)
    {
        var (own, stars) = (found.ReasonsOf(kind), found.StarsOf(kind));
        KindMatch? best = null;
        var most = 0.0;
        for (var k = 0; k < other.Kinds.Count; k++)
        {
            var theirs = other.ReasonsOf(other.Kinds[k]);
            string[] names = [.. own.Keys.Union(theirs.Keys)];
            var similarity = AnomalyKind.Similarity(
                [.. names.Select(n => own.GetValueOrDefault(n))],
                [.. names.Select(n => theirs.GetValueOrDefault(n))]
            );
            var both = other.StarsOf(other.Kinds[k]);
            var jaccard = KindStability.Jaccard(stars, both);
            // Alike in reasons, or in stars: another recipe may call the same reasons otherwise.
            if (similarity + jaccard <= most || (similarity < LeastLike && jaccard < 0.1))
                continue;
            most = similarity + jaccard;
            best = new KindMatch(
                other.Run.RunId,
                k,
                other.Names[k],
                other.Kinds[k].Members.Count,
                similarity,
                RunDatasets.Share(found.Run, other.Run) ? stars.Count(both.Contains) : null
            );
        }
        return best;
    }
}
