using Almagest.Ledger.Database;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <summary>Runs whose results are in files, and what the ledger keeps of them and of the catalogues that they are over.</summary>
    public partial class AddResultsInFiles : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "result_files",
                table: "discovery_runs",
                type: "jsonb",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "star_set_id",
                table: "discovery_runs",
                type: "bigint",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "idx_discovery_runs_star_set",
                table: "discovery_runs",
                column: "star_set_id",
                filter: "star_set_id is not null");

            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddResultsInFiles.results_in_files.up.sql"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropQueryOptimizedViews();
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddResultsInFiles.results_in_files.down.sql"));

            migrationBuilder.DropIndex(
                name: "idx_discovery_runs_star_set",
                table: "discovery_runs");

            migrationBuilder.DropColumn(
                name: "result_files",
                table: "discovery_runs");

            migrationBuilder.DropColumn(
                name: "star_set_id",
                table: "discovery_runs");
        }
    }
}
