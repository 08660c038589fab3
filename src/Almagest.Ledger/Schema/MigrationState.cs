namespace Almagest.Ledger.Schema;

/// <summary>One migration and whether the database has it.</summary>
/// <param name="Applied">whether the database has it</param>
/// <param name="Known">whether this program has it</param>
/// <param name="Superseded">whether it is one of those that were joined into one, see <see cref="OldHistory"/></param>
public sealed record MigrationState(string Id, string Name, bool Applied, bool Known, bool Superseded);
