using Almagest.Contract.Errors;
using Almagest.Ledger.Model;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Almagest.Ledger.Schema;

/// <summary>
/// The history of ledgers from before the first release: fourteen migrations, of which the last ten were joined into
/// <see cref="Successor"/>. A ledger that has all of them has the schema that the successor builds: only its history is rewritten. One that
/// has some of the ten has no place in today's history.
/// </summary>
internal static class OldHistory
{
    public const string Successor = "20261129120000_AddQueueAnnotationsAndViewModes";

    /// <summary>The last program that knows the old migrations.</summary>
    private const string LastCommit = "e47c67f";

    private static readonly string[] s_superseded =
    [
        "20261122172605_AddMembershipProbability",
        "20261122185000_AddViewVersions",
        "20261122185500_AddJobStore",
        "20261122190000_AddParameterCoverageQualityViews",
        "20261122193000_AddIncrementalMaintenance",
        "20261122200000_AddRunHeartbeat",
        "20261122201000_AddTagsAndNotes",
        "20261122221000_AddSelectionHash",
        "20261122222000_AddCrossMatches",
        "20261122224000_AddReferenceEpoch",
    ];

    public static bool Has(string id) => s_superseded.Contains(id);

    /// <summary>Whether a ledger with these migrations is one of the old history.</summary>
    public static bool IsOld(IEnumerable<MigrationState> states) => states.Any(s => s.Superseded);

    /// <summary>Whether it has all of the old history, and nothing that came later.</summary>
    public static bool IsComplete(IReadOnlyList<MigrationState> states) =>
        s_superseded.All(id => states.Any(s => s.Id == id))
        && states.All(s => s.Applied ? s.Known || s.Superseded : string.CompareOrdinal(s.Id, Successor) >= 0);

    /// <summary>What is to be said of a ledger that is one of the old history but has not all of it.</summary>
    public static LedgerException Incomplete(IReadOnlyList<MigrationState> states) =>
        LedgerException
            .Of(
                ErrorCode.SchemaTooOld,
                $"the database's schema is from before the first release (its last migration is {states.Last(s => s.Superseded).Name}), "
                    + $"and this program can only take over one that has {NameOf(s_superseded[^1])}",
                $"First bring it there with the program of commit {LastCommit}: migrate it with that one, which loses nothing. Then "
                    + $"with this one."
            )
            .With("commit", LastCommit);

    /// <summary>Puts the successor into the place of the migrations that it was made of, in one transaction.</summary>
    public static async Task ReplaceAsync(LedgerContext context, CancellationToken cancellationToken)
    {
        var history = context.GetService<IHistoryRepository>();
        var sql = s_superseded
            .Select(history.GetDeleteScript)
            .Append(history.GetInsertScript(new HistoryRow(Successor, ProductInfo.GetVersion())));
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        foreach (var statement in sql)
            await context.Database.ExecuteSqlRawAsync(statement, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    public static string NameOf(string id) => id.Length > 15 && id[14] == '_' ? id[15..] : id;
}
