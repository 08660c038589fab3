using Almagest.Contract.Errors;
using Almagest.Discovery.Consensus;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;

namespace Almagest.Runs.Comparison;

/// <summary>Clusters recognised across cluster runs.</summary>
/// <param name="Runs">in the order of their ids: numbers of runs in the identities count here</param>
/// <param name="Stars">the listed members, by id</param>
public sealed record RunClusterIdentities(
    IReadOnlyList<DiscoveryRun> Runs,
    ClusterIdentities Identities,
    IReadOnlyDictionary<long, Star> Stars
);

/// <summary>Recognises clusters across runs, see <see cref="ClusterMatching"/>.</summary>
public sealed class ClusterIdentityReader(LedgerDatabase ledger)
{
    /// <summary>Most identities of one answer, and most members listed of each.</summary>
    public const int MostIdentities = 1000,
        MostMembers = 10_000;

    /// <summary>Most members listed in one answer.</summary>
    public const int MostListed = 100_000;

    /// <param name="runs">complete cluster runs over one dataset; their order does not matter</param>
    /// <exception cref="LedgerException">the runs are of another type or over several datasets, or too many stars for one
    /// answer</exception>
    public async Task<RunClusterIdentities> ReadAsync(
        IReadOnlyList<DiscoveryRun> runs,
        ClusterMatchingOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(runs);
        options ??= new ClusterMatchingOptions();
        if (!(options.MinJaccard > 0 && options.MinJaccard <= 1))
            throw LedgerException.Invalid(
                "min_jaccard",
                FormattableString.Invariant($"min_jaccard is {options.MinJaccard}, expected a number above 0 and at most 1")
            );
        if (options.Limit is < 1 or > MostIdentities)
            throw LedgerException.Invalid("limit", $"limit is {options.Limit}, expected 1 to {MostIdentities}");
        if (options.Members is < 0 or > MostMembers)
            throw LedgerException.Invalid("members", $"members is {options.Members}, expected 0 to {MostMembers}");
        if ((long)options.Members * options.Limit > MostListed)
            throw LedgerException.Invalid(
                "members",
                $"{options.Members} members of {options.Limit} clusters are more than {MostListed}",
                "Ask for fewer clusters (limit), or fewer members of each."
            );
        ComparedRuns.RequireType(runs, RunTypes.Cluster);
        ComparedRuns.RequireOneDataset(runs);
        var ordered = runs.OrderBy(r => r.RunId).ToList();
        var clusters = await new RunSetReader(ledger).ClustersAsync(ordered, cancellationToken);
        var identities = ClusterMatching.Match(clusters, options, cancellationToken);
        var ids = identities.Identities.SelectMany(i => i.Members).Select(m => m.StarId).Distinct().ToArray();
        var stars =
            ids.Length == 0
                ? []
                : (await ledger.ReadAsync(context => context.Stars.Where(s => ids.Contains(s.StarId)), cancellationToken)).ToDictionary(s =>
                    s.StarId
                );
        return new RunClusterIdentities(ordered, identities, stars);
    }
}
