using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <inheritdoc />
    public partial class AddSelectionHash : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "selection_hash",
                table: "discovery_runs",
                type: "text",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "idx_discovery_runs_several_datasets",
                table: "discovery_runs",
                column: "run_id",
                filter: "dataset_filter ? 'also_datasets'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "idx_discovery_runs_several_datasets",
                table: "discovery_runs");

            migrationBuilder.DropColumn(
                name: "selection_hash",
                table: "discovery_runs");
        }
    }
}
