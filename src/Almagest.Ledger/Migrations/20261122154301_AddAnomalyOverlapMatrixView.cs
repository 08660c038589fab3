using Almagest.Ledger.Database;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <inheritdoc />
    public partial class AddAnomalyOverlapMatrixView : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "idx_discovery_results_flagged",
                table: "discovery_results",
                columns: new[] { "star_id", "run_id" },
                filter: "is_anomaly = 1");
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddAnomalyOverlapMatrixView.mv_anomaly_overlap_matrix.sql"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddAnomalyOverlapMatrixView.views.down.sql"));

            migrationBuilder.DropIndex(
                name: "idx_discovery_results_flagged",
                table: "discovery_results");
        }
    }
}
