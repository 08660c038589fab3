using Almagest.Contract.Errors;

namespace Almagest.Ledger.Schema;

/// <summary>Where the schema of a database stands.</summary>
/// <param name="Migrations">those of the database and of this program</param>
/// <param name="Stale">views and functions that are missing or not defined as this program defines them; asked only where the migrations
/// are this program's</param>
public sealed record SchemaStanding(IReadOnlyList<MigrationState> Migrations, IReadOnlyList<string> Stale)
{
    /// <summary>Migrations that the database lacks.</summary>
    public int Pending => Migrations.Count(IsPending);

    /// <summary>Why this program cannot work with it; null where it can.</summary>
    public LedgerException? Trouble =>
        StrangeAmong(Migrations)
        ?? (
            Migrations.FirstOrDefault(IsPending) is { } pending
                ? LedgerException
                    .Of(
                        ErrorCode.SchemaOlder,
                        $"the database's schema is older than this program (it lacks the migration {pending.Name})",
                        "Migrate it."
                    )
                    .With("migration", pending.Name)
            : Stale.Count > 0
                ? LedgerException
                    .Of(
                        ErrorCode.ViewDefinitionStale,
                        $"{Stale[0]} is missing or not defined as this program defines it",
                        "Migrate the database (views are computed anew; nothing is lost)."
                    )
                    .With("view", Stale[0])
            : null
        );

    /// <summary>What keeps this program from touching the schema at all.</summary>
    internal static LedgerException? StrangeAmong(IReadOnlyList<MigrationState> states) =>
        states.FirstOrDefault(s => s is { Known: false, Superseded: false }) is { } unknown
            ? LedgerException
                .Of(
                    ErrorCode.SchemaNewer,
                    $"the database was made by a newer Almagest (it has the migration {unknown.Name})",
                    "Use that version, or a newer one."
                )
                .With("migration", unknown.Name)
        : OldHistory.IsOld(states) && !OldHistory.IsComplete(states) ? OldHistory.Incomplete(states)
        : null;

    private static bool IsPending(MigrationState state) => state is { Known: true, Applied: false };
}
