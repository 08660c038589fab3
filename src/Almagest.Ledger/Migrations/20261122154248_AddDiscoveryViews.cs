using System;
using Almagest.Ledger.Database;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <inheritdoc />
    public partial class AddDiscoveryViews : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "is_complete",
                table: "discovery_runs",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.CreateTable(
                name: "pending_view_changes",
                columns: table => new
                {
                    change_id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    view_name = table.Column<string>(type: "text", nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    change = table.Column<string>(type: "text", nullable: false),
                    changed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pending_view_changes", x => x.change_id);
                });

            migrationBuilder.CreateTable(
                name: "view_refreshes",
                columns: table => new
                {
                    refresh_id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    view_name = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    started_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false),
                    finished_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    duration_ms = table.Column<double>(type: "double precision", nullable: true),
                    row_count = table.Column<long>(type: "bigint", nullable: true),
                    outcome = table.Column<string>(type: "text", nullable: false),
                    error = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_view_refreshes", x => x.refresh_id);
                    table.CheckConstraint("ck_view_refreshes_outcome", "outcome in ('running', 'succeeded', 'failed')");
                });

            migrationBuilder.CreateIndex(
                name: "idx_discovery_runs_type_created",
                table: "discovery_runs",
                columns: new[] { "run_type", "created_at" },
                descending: new[] { false, true });

            // Runs of the time before this flag: status said it.
            migrationBuilder.Sql("update public.discovery_runs set is_complete = true where status = 'completed'");

            migrationBuilder.AddCheckConstraint(
                name: "ck_discovery_runs_is_complete",
                table: "discovery_runs",
                sql: "is_complete = (status = 'completed')");

            migrationBuilder.CreateIndex(
                name: "idx_discovery_results_run_cluster",
                table: "discovery_results",
                columns: new[] { "run_id", "cluster_id" });

            migrationBuilder.CreateIndex(
                name: "idx_discovery_results_run_anomaly",
                table: "discovery_results",
                columns: new[] { "run_id", "is_anomaly" });

            migrationBuilder.CreateIndex(
                name: "ix_pending_view_changes_view_name",
                table: "pending_view_changes",
                column: "view_name");

            migrationBuilder.CreateIndex(
                name: "ix_view_refreshes_view_name_started_at",
                table: "view_refreshes",
                columns: new[] { "view_name", "started_at" },
                descending: new[] { false, true });

            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddDiscoveryViews.analytics_views.up.sql"));
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddDiscoveryViews.view_changes.up.sql"));
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddDiscoveryViews.mv_discovery_run_stats.sql"));
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddDiscoveryViews.mv_cluster_size_distribution.sql"));
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddDiscoveryViews.mv_star_anomaly_frequency.sql"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddDiscoveryViews.views.down.sql"));
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddDiscoveryViews.view_changes.down.sql"));

            migrationBuilder.DropTable(
                name: "pending_view_changes");

            migrationBuilder.DropTable(
                name: "view_refreshes");

            migrationBuilder.DropIndex(
                name: "idx_discovery_runs_type_created",
                table: "discovery_runs");

            migrationBuilder.DropCheckConstraint(
                name: "ck_discovery_runs_is_complete",
                table: "discovery_runs");

            migrationBuilder.DropIndex(
                name: "idx_discovery_results_run_cluster",
                table: "discovery_results");

            migrationBuilder.DropIndex(
                name: "idx_discovery_results_run_anomaly",
                table: "discovery_results");

            migrationBuilder.DropColumn(
                name: "is_complete",
                table: "discovery_runs");
        }
    }
}
