using Almagest.Ledger.Model;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;

namespace Almagest.Ledger.Database;

/// <summary>One place for the options of the context: snake_case names, no tracking, PostgreSQL 15.</summary>
internal static class LedgerContextOptions
{
    public static DbContextOptions<LedgerContext> For(NpgsqlDataSource source) => For(o => o.UseNpgsql(source, Npgsql));

    public static DbContextOptions<LedgerContext> For(Action<DbContextOptionsBuilder> provider)
    {
        var builder = new DbContextOptionsBuilder<LedgerContext>();
        provider(builder);
        builder.UseSnakeCaseNamingConvention();
        builder.UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking);
        return builder.Options;
    }

    public static void Npgsql(NpgsqlDbContextOptionsBuilder npgsql) => npgsql.SetPostgresVersion(15, 0);
}
