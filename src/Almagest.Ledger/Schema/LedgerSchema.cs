using Almagest.Ledger.Database;

namespace Almagest.Ledger.Schema;

/// <summary>The schema of a ledger, from the ledger.</summary>
public static class LedgerSchema
{
    extension(LedgerDatabase ledger)
    {
        /// <summary>Migrates it, and says how it is.</summary>
        public SchemaMigrator Schema => new(ledger);
    }
}
