using Almagest.Ledger.Model;
using Almagest.Ledger.Views;
using Almagest.Ledger.Database;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <summary>Summary tables and triggers of mode incremental. The model does not change: EF Core reads the same eight relations.</summary>
    [DbContext(typeof(LedgerContext))]
    [Migration("20261122193000_AddIncrementalMaintenance")]
    public partial class AddIncrementalMaintenance : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(IncrementalSql.Install());
            // The same rows by a definition that the planner may run in parallel; a ledger of yesterday has the old text.
            migrationBuilder.Sql($"drop materialized view public.{AnalyticsViews.StarFrequency.Name};\n{AnalyticsViews.StarFrequency.CreateMaterializedSql()}");
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.Sql.incremental_notes.up.sql"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            // Back to mode refresh first, with every row.
            migrationBuilder.Sql(IncrementalSql.LeaveInMigration());
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.Sql.incremental_notes.down.sql"));
            migrationBuilder.Sql(IncrementalSql.Uninstall());
        }
    }
}
