using Almagest.Ledger.Model;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Almagest.Ledger.Database;

/// <summary>Lets the EF Core tools build the model without a server: <c>dotnet ef migrations add NAME --project
/// src/Almagest.Ledger</c>.</summary>
internal sealed class LedgerContextFactory : IDesignTimeDbContextFactory<LedgerContext>
{
    public LedgerContext CreateDbContext(string[] args)
    {
        LedgerContext.DescribesViews = args.Contains("with-views");
        return new(LedgerContextOptions.For(o => o.UseNpgsql("Host=localhost", LedgerContextOptions.Npgsql)));
    }
}
