using Almagest.Contract.Runs;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Microsoft.EntityFrameworkCore;

namespace Almagest.Cli.Demo;

/// <summary>One real cluster, and the found cluster that matches it best.</summary>
/// <param name="FoundId">null where no found cluster holds any member</param>
internal sealed record ClusterRecovery(string Name, long Members, int? FoundId, long FoundSize, long Common)
{
    public double Recall => Members == 0 ? 0 : (double)Common / Members;

    public double? Precision => FoundSize == 0 ? null : (double)Common / FoundSize;

    public static ClusterRecovery Of(ClusterScore score) =>
        new(score.Cluster, score.Members, score.FoundClusterId, score.FoundLabelled, score.Common);
}

/// <summary>What is known of a dataset's stars beforehand, in words.</summary>
internal sealed class DemoTruth
{
    private readonly Dictionary<long, string> _words;

    private DemoTruth(Dictionary<long, string> words, bool isThere) => (_words, IsThere) = (words, isThere);

    /// <summary>Whether the dataset has labels at all.</summary>
    public bool IsThere { get; }

    public static async Task<DemoTruth> LoadAsync(LedgerDatabase ledger, Dataset dataset, CancellationToken cancellationToken)
    {
        await using var context = ledger.CreateContext();
        var labels = context
            .StarLabels.Where(l => l.LabelSet == "truth")
            .Join(context.Stars.Where(s => s.DatasetId == dataset.DatasetId), l => l.StarId, s => s.StarId, (l, _) => l);
        var rows = await labels
            .Where(l => l.Kind != null || l.Cluster != null)
            .Select(l => new { l.StarId, Word = l.Kind ?? l.Cluster! })
            .ToListAsync(cancellationToken);
        return new DemoTruth(rows.ToDictionary(r => r.StarId, r => r.Word), rows.Count > 0 || await labels.AnyAsync(cancellationToken));
    }

    /// <summary>The kind or cluster of a star, where it is known to be anything special.</summary>
    public string? WordFor(long starId) => _words.GetValueOrDefault(starId);
}
