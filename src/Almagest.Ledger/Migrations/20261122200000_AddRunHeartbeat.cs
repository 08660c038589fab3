using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <inheritdoc />
    public partial class AddRunHeartbeat : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_discovery_runs_dataset_id",
                table: "discovery_runs");

            migrationBuilder.AddColumn<int>(
                name: "attempts",
                table: "discovery_runs",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<DateTime>(
                name: "cancel_requested_at",
                table: "discovery_runs",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "group_id",
                table: "discovery_runs",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "heartbeat_at",
                table: "discovery_runs",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "max_restarts",
                table: "discovery_runs",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<DateTime>(
                name: "not_before",
                table: "discovery_runs",
                type: "timestamp with time zone",
                nullable: false,
                defaultValueSql: "now()");

            migrationBuilder.AddColumn<double>(
                name: "progress_fraction",
                table: "discovery_runs",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "progress_stage",
                table: "discovery_runs",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "restarts",
                table: "discovery_runs",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "results_hash",
                table: "discovery_runs",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "retry_of",
                table: "discovery_runs",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "worker",
                table: "discovery_runs",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "idempotency_keys",
                columns: table => new
                {
                    key = table.Column<string>(type: "text", nullable: false),
                    request_hash = table.Column<string>(type: "text", nullable: false),
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_idempotency_keys", x => x.key);
                    table.ForeignKey(
                        name: "fk_idempotency_keys_discovery_runs_run_id",
                        column: x => x.run_id,
                        principalTable: "discovery_runs",
                        principalColumn: "run_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "idx_discovery_runs_algorithm",
                table: "discovery_runs",
                columns: new[] { "algorithm", "run_id" });

            migrationBuilder.CreateIndex(
                name: "idx_discovery_runs_completed",
                table: "discovery_runs",
                columns: new[] { "completed_at", "run_id" },
                filter: "completed_at is not null");

            migrationBuilder.CreateIndex(
                name: "idx_discovery_runs_dataset",
                table: "discovery_runs",
                columns: new[] { "dataset_id", "run_id" });

            migrationBuilder.CreateIndex(
                name: "idx_discovery_runs_group",
                table: "discovery_runs",
                columns: new[] { "group_id", "run_id" },
                filter: "group_id is not null");

            migrationBuilder.CreateIndex(
                name: "idx_discovery_runs_stars",
                table: "discovery_runs",
                columns: new[] { "total_stars", "run_id" });

            migrationBuilder.CreateIndex(
                name: "idx_discovery_runs_status",
                table: "discovery_runs",
                columns: new[] { "status", "run_id" });

            migrationBuilder.CreateIndex(
                name: "idx_discovery_runs_type",
                table: "discovery_runs",
                columns: new[] { "run_type", "run_id" });

            migrationBuilder.CreateIndex(
                name: "ix_idempotency_keys_created_at",
                table: "idempotency_keys",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_idempotency_keys_run_id",
                table: "idempotency_keys",
                column: "run_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "idempotency_keys");

            migrationBuilder.DropIndex(
                name: "idx_discovery_runs_algorithm",
                table: "discovery_runs");

            migrationBuilder.DropIndex(
                name: "idx_discovery_runs_completed",
                table: "discovery_runs");

            migrationBuilder.DropIndex(
                name: "idx_discovery_runs_dataset",
                table: "discovery_runs");

            migrationBuilder.DropIndex(
                name: "idx_discovery_runs_group",
                table: "discovery_runs");

            migrationBuilder.DropIndex(
                name: "idx_discovery_runs_stars",
                table: "discovery_runs");

            migrationBuilder.DropIndex(
                name: "idx_discovery_runs_status",
                table: "discovery_runs");

            migrationBuilder.DropIndex(
                name: "idx_discovery_runs_type",
                table: "discovery_runs");

            migrationBuilder.DropColumn(
                name: "attempts",
                table: "discovery_runs");

            migrationBuilder.DropColumn(
                name: "cancel_requested_at",
                table: "discovery_runs");

            migrationBuilder.DropColumn(
                name: "group_id",
                table: "discovery_runs");

            migrationBuilder.DropColumn(
                name: "heartbeat_at",
                table: "discovery_runs");

            migrationBuilder.DropColumn(
                name: "max_restarts",
                table: "discovery_runs");

            migrationBuilder.DropColumn(
                name: "not_before",
                table: "discovery_runs");

            migrationBuilder.DropColumn(
                name: "progress_fraction",
                table: "discovery_runs");

            migrationBuilder.DropColumn(
                name: "progress_stage",
                table: "discovery_runs");

            migrationBuilder.DropColumn(
                name: "restarts",
                table: "discovery_runs");

            migrationBuilder.DropColumn(
                name: "results_hash",
                table: "discovery_runs");

            migrationBuilder.DropColumn(
                name: "retry_of",
                table: "discovery_runs");

            migrationBuilder.DropColumn(
                name: "worker",
                table: "discovery_runs");

            migrationBuilder.CreateIndex(
                name: "ix_discovery_runs_dataset_id",
                table: "discovery_runs",
                column: "dataset_id");
        }
    }
}
