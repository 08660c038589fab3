using System.Text;
using Almagest.Contract.Errors;
using Almagest.Discovery.Identification;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Npgsql;

namespace Almagest.Runs.Identification;

/// <summary>How many stars that labels put into a cluster a run analysed, and into which of its clusters it put them.</summary>
internal sealed class LabelledMembers
{
    private readonly Dictionary<(string Set, string Name), (long Labelled, Dictionary<int, long> Common)> _counts = [];
    private readonly ILookup<string, string> _sets;

    private LabelledMembers(IEnumerable<(string Set, string Name, int ClusterId, long Count)> counts)
    {
        foreach (var (set, name, clusterId, count) in counts)
        {
            var key = (set, Plain(name));
            var (labelled, common) = _counts.GetValueOrDefault(key, (0, []));
            common[clusterId] = common.GetValueOrDefault(clusterId) + count;
            _counts[key] = (labelled + count, common);
        }
        _sets = _counts.Keys.ToLookup(k => k.Name, k => k.Set);
    }

    private static readonly string s_inSet = AnalysedSets.Holds("$3::bigint", "l.star_id");

    /// <param name="labelSet">null = every set</param>
    /// <exception cref="LedgerException">no star that the run analysed has a cluster in the set</exception>
    public static async Task<LabelledMembers> ReadAsync(
        LedgerDatabase ledger,
        DiscoveryRun run,
        string? labelSet,
        CancellationToken cancellationToken
    )
    {
        // Of a run whose results are in files the noise has no rows: what is analysed and has none is in no cluster.
        var (join, analysed) = run.StarSetId is null
            ? ("", "r.cluster_id is not null")
            : ("left ", $"(r.cluster_id is not null or {s_inSet})");
        var counts = await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    $"""
                    select l.label_set, l.cluster, coalesce(r.cluster_id, -1), count(*)
                    from public.star_labels l {join}join public.discovery_results r on r.run_id = $1 and r.star_id = l.star_id
                    where l.cluster <> '' and ($2::text is null or l.label_set = $2) and {analysed}
                    group by 1, 2, 3
                    """,
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = run.RunId },
                        new() { Value = (object?)labelSet ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
                    },
                    CommandTimeout = 300,
                };
                if (run.StarSetId is { } set)
                    command.Parameters.Add(new() { Value = set });
                var found = new List<(string, string, int, long)>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    found.Add((reader.GetString(0), reader.GetString(1), reader.GetInt32(2), reader.GetInt64(3)));
                return found;
            },
            cancellationToken
        );
        if (labelSet is not null && counts.Count == 0)
            throw LedgerException
                .Of(
                    ErrorCode.LabelSetNotFound,
                    $"no star that run {run.RunId} analysed has a cluster by the labels of the set '{labelSet}'",
                    "Load labels that name the clusters of stars, or name no set.",
                    "label_set"
                )
                .With("run_id", run.RunId);
        return new LabelledMembers(counts);
    }

    /// <summary>The sets that name a cluster by one of its names, and that name.</summary>
    public IReadOnlyList<(string Set, string Name)> Find(IEnumerable<string> names) =>
        _counts.Count == 0 ? [] : [.. names.Select(Plain).Distinct().SelectMany(name => _sets[name].Select(set => (set, name)))];

    /// <summary>Of these the one with most of its members; null where there are none.</summary>
    public SharedMembers? Of(IReadOnlyList<(string Set, string Name)> found, int clusterId)
    {
        SharedMembers? most = null;
        foreach (var key in found)
        {
            var (labelled, common) = _counts[key];
            if (labelled > (most?.Labelled ?? 0))
                most = new SharedMembers(key.Set, labelled, common.GetValueOrDefault(clusterId));
        }
        return most;
    }

    /// <summary>NGC_0188, NGC188 and ngc 188 are one cluster.</summary>
    internal static string Plain(string name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            if (!char.IsLetterOrDigit(c))
                continue;
            // A zero that leads a number.
            if (plain.Length > 0 && plain[^1] == '0' && char.IsDigit(c) && (plain.Length == 1 || !char.IsDigit(plain[^2])))
                plain.Length--;
            plain.Append(char.ToLowerInvariant(c));
        }
        return plain.ToString();
    }
}
