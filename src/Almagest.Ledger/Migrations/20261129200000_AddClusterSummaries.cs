using System;
using Almagest.Ledger.Database;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <summary>What a run says of each cluster, memberships that are probabilities beside those that are not, and the rule of a run's
    /// hash.</summary>
    public partial class AddClusterSummaries : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<int>(
                name: "results_hash_version",
                table: "discovery_runs",
                type: "integer",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "membership_strength",
                table: "discovery_results",
                type: "double precision",
                nullable: true);

            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddClusterSummaries.memberships.up.sql"));

            migrationBuilder.CreateTable(
                name: "discovery_clusters",
                columns: table => new
                {
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    cluster_id = table.Column<int>(type: "integer", nullable: false),
                    size = table.Column<long>(type: "bigint", nullable: false),
                    ra_deg = table.Column<double>(type: "double precision", nullable: true),
                    ra_error_deg = table.Column<double>(type: "double precision", nullable: true),
                    dec_deg = table.Column<double>(type: "double precision", nullable: true),
                    dec_error_deg = table.Column<double>(type: "double precision", nullable: true),
                    parallax_mas = table.Column<double>(type: "double precision", nullable: true),
                    parallax_error_mas = table.Column<double>(type: "double precision", nullable: true),
                    distance_pc = table.Column<double>(type: "double precision", nullable: true),
                    distance_error_pc = table.Column<double>(type: "double precision", nullable: true),
                    pmra_mas_yr = table.Column<double>(type: "double precision", nullable: true),
                    pmra_error_mas_yr = table.Column<double>(type: "double precision", nullable: true),
                    pmdec_mas_yr = table.Column<double>(type: "double precision", nullable: true),
                    pmdec_error_mas_yr = table.Column<double>(type: "double precision", nullable: true),
                    radius_deg = table.Column<double>(type: "double precision", nullable: true),
                    contrast = table.Column<double>(type: "double precision", nullable: true),
                    significance = table.Column<double>(type: "double precision", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_discovery_clusters", x => new { x.run_id, x.cluster_id });
                    table.ForeignKey(
                        name: "fk_discovery_clusters_discovery_runs_run_id",
                        column: x => x.run_id,
                        principalTable: "discovery_runs",
                        principalColumn: "run_id",
                        onDelete: ReferentialAction.Cascade);
                });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddClusterSummaries.memberships.down.sql"));

            migrationBuilder.DropTable(
                name: "discovery_clusters");

            migrationBuilder.DropColumn(
                name: "results_hash_version",
                table: "discovery_runs");

            migrationBuilder.DropColumn(
                name: "membership_strength",
                table: "discovery_results");
        }
    }
}
