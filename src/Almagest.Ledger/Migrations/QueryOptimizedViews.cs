using Almagest.Ledger.Database;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Almagest.Ledger.Migrations;

/// <summary>What a migration may do with the query-optimized views: take them out of its way.</summary>
internal static class QueryOptimizedViews
{
    /// <summary>
    /// Drops every query-optimized view, in either mode, so that what follows can change or drop the columns that they read: the first
    /// statement of such a migration. It makes none anew. After the last migration the repeatable scripts find the views missing and make
    /// those of today, in the mode in which the ledger is.
    /// </summary>
    public static void DropQueryOptimizedViews(this MigrationBuilder migrationBuilder) =>
        migrationBuilder.Sql(EmbeddedSql.Read("Migrations.drop_views.sql"));
}
