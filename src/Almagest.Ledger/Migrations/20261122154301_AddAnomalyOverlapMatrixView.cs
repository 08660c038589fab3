using Almagest.Ledger.Views;
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
            migrationBuilder.Sql(AnalyticsViews.Overlap.CreateSql());
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(AnalyticsViews.Overlap.DropSql());
            migrationBuilder.DropIndex(
                name: "idx_discovery_results_flagged",
                table: "discovery_results");
        }
    }
}
