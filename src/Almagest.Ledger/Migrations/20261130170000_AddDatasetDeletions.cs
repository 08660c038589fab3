using Almagest.Ledger.Database;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <summary>Deleted datasets that can be brought back for a day, and names of runs.</summary>
    public partial class AddDatasetDeletions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "name",
                table: "discovery_runs",
                type: "text",
                nullable: true);

            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddDatasetDeletions.dataset_deletions.up.sql"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddDatasetDeletions.dataset_deletions.down.sql"));

            migrationBuilder.DropColumn(
                name: "name",
                table: "discovery_runs");
        }
    }
}
