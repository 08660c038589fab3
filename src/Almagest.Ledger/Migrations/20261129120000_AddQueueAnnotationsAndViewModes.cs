using System;
using Almagest.Ledger.Database;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <summary>
    /// Everything that came between the first four migrations and the first release: the queue, labels with authors, tags, notes,
    /// selections with a hash, cross-matches, reference epochs, the job store, and three more views. The schema of mode incremental is made
    /// by the repeatable scripts.
    /// </summary>
    public partial class AddQueueAnnotationsAndViewModes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_discovery_runs_dataset_id",
                table: "discovery_runs");

            migrationBuilder.AddColumn<string>(
                name: "labelled_by",
                table: "star_labels",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "remark",
                table: "star_labels",
                type: "text",
                nullable: true);

            migrationBuilder.AlterColumn<Guid>(
                name: "run_id",
                table: "pending_view_changes",
                type: "uuid",
                nullable: true,
                oldClrType: typeof(Guid),
                oldType: "uuid");

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
                name: "selection_hash",
                table: "discovery_runs",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "worker",
                table: "discovery_runs",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "membership_probability",
                table: "discovery_results",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "reference_epoch",
                table: "datasets",
                type: "double precision",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "cross_matches",
                columns: table => new
                {
                    match_id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    dataset_1_id = table.Column<long>(type: "bigint", nullable: false),
                    dataset_2_id = table.Column<long>(type: "bigint", nullable: false),
                    radius_arcsec = table.Column<double>(type: "double precision", nullable: false),
                    find = table.Column<string>(type: "text", nullable: false),
                    epoch_1 = table.Column<double>(type: "double precision", nullable: true),
                    epoch_2 = table.Column<double>(type: "double precision", nullable: true),
                    epoch = table.Column<double>(type: "double precision", nullable: true),
                    link_count = table.Column<long>(type: "bigint", nullable: false),
                    program_version = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_cross_matches", x => x.match_id);
                    table.CheckConstraint("ck_cross_matches_find", "find in ('best', 'best1', 'best2', 'all')");
                    table.ForeignKey(
                        name: "fk_cross_matches_datasets_dataset_1_id",
                        column: x => x.dataset_1_id,
                        principalTable: "datasets",
                        principalColumn: "dataset_id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_cross_matches_datasets_dataset_2_id",
                        column: x => x.dataset_2_id,
                        principalTable: "datasets",
                        principalColumn: "dataset_id",
                        onDelete: ReferentialAction.Cascade);
                });

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

            migrationBuilder.CreateTable(
                name: "run_notes",
                columns: table => new
                {
                    note_id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    text = table.Column<string>(type: "text", nullable: false),
                    written_by = table.Column<string>(type: "text", nullable: true),
                    written_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_run_notes", x => x.note_id);
                    table.ForeignKey(
                        name: "fk_run_notes_discovery_runs_run_id",
                        column: x => x.run_id,
                        principalTable: "discovery_runs",
                        principalColumn: "run_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "run_tags",
                columns: table => new
                {
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    tag = table.Column<string>(type: "text", nullable: false),
                    tagged_by = table.Column<string>(type: "text", nullable: true),
                    tagged_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_run_tags", x => new { x.run_id, x.tag });
                    table.ForeignKey(
                        name: "fk_run_tags_discovery_runs_run_id",
                        column: x => x.run_id,
                        principalTable: "discovery_runs",
                        principalColumn: "run_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "star_links",
                columns: table => new
                {
                    match_id = table.Column<long>(type: "bigint", nullable: false),
                    star_1_id = table.Column<long>(type: "bigint", nullable: false),
                    star_2_id = table.Column<long>(type: "bigint", nullable: false),
                    separation_arcsec = table.Column<double>(type: "double precision", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_star_links", x => new { x.match_id, x.star_1_id, x.star_2_id });
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
                name: "idx_discovery_runs_several_datasets",
                table: "discovery_runs",
                column: "run_id",
                filter: "dataset_filter ? 'also_datasets'");

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
                name: "ix_cross_matches_dataset_1_id",
                table: "cross_matches",
                column: "dataset_1_id");

            migrationBuilder.CreateIndex(
                name: "ix_cross_matches_dataset_2_id",
                table: "cross_matches",
                column: "dataset_2_id");

            migrationBuilder.CreateIndex(
                name: "ix_idempotency_keys_created_at",
                table: "idempotency_keys",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_idempotency_keys_run_id",
                table: "idempotency_keys",
                column: "run_id");

            migrationBuilder.CreateIndex(
                name: "ix_run_notes_run_id_note_id",
                table: "run_notes",
                columns: new[] { "run_id", "note_id" });

            migrationBuilder.CreateIndex(
                name: "ix_run_tags_tag_run_id",
                table: "run_tags",
                columns: new[] { "tag", "run_id" },
                descending: new[] { false, true });

            migrationBuilder.CreateIndex(
                name: "ix_star_links_match_id_star_2_id",
                table: "star_links",
                columns: new[] { "match_id", "star_2_id" });

            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddQueueAnnotationsAndViewModes.view_versions.up.sql"));
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddQueueAnnotationsAndViewModes.table_changes.up.sql"));
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddQueueAnnotationsAndViewModes.job_store.up.sql"));
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddQueueAnnotationsAndViewModes.star_links.up.sql"));
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddQueueAnnotationsAndViewModes.mv_dataset_coverage.sql"));
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddQueueAnnotationsAndViewModes.mv_discovery_quality.sql"));
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddQueueAnnotationsAndViewModes.mv_parameter_performance.sql"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropQueryOptimizedViews();
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddQueueAnnotationsAndViewModes.scripts.down.sql"));
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddQueueAnnotationsAndViewModes.star_links.down.sql"));
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddQueueAnnotationsAndViewModes.job_store.down.sql"));
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddQueueAnnotationsAndViewModes.table_changes.down.sql"));
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddQueueAnnotationsAndViewModes.view_versions.down.sql"));

            migrationBuilder.DropTable(
                name: "cross_matches");

            migrationBuilder.DropTable(
                name: "idempotency_keys");

            migrationBuilder.DropTable(
                name: "run_notes");

            migrationBuilder.DropTable(
                name: "run_tags");

            migrationBuilder.DropTable(
                name: "star_links");

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
                name: "idx_discovery_runs_several_datasets",
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
                name: "labelled_by",
                table: "star_labels");

            migrationBuilder.DropColumn(
                name: "remark",
                table: "star_labels");

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
                name: "selection_hash",
                table: "discovery_runs");

            migrationBuilder.DropColumn(
                name: "worker",
                table: "discovery_runs");

            migrationBuilder.DropColumn(
                name: "membership_probability",
                table: "discovery_results");

            migrationBuilder.DropColumn(
                name: "reference_epoch",
                table: "datasets");

            migrationBuilder.AlterColumn<Guid>(
                name: "run_id",
                table: "pending_view_changes",
                type: "uuid",
                nullable: false,
                oldClrType: typeof(Guid),
                oldType: "uuid",
                oldNullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_discovery_runs_dataset_id",
                table: "discovery_runs",
                column: "dataset_id");

            // As the migrations before this one left them, in mode refresh, with every row.
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.InitialSchema.bulk_delete.up.sql"));
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddDiscoveryViews.view_changes.up.sql"));
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddDiscoveryViews.mv_discovery_run_stats.sql"));
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddDiscoveryViews.mv_cluster_size_distribution.sql"));
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddDiscoveryViews.mv_star_anomaly_frequency.sql"));
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddAnomalyOverlapMatrixView.mv_anomaly_overlap_matrix.sql"));
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddDiscoveryTimelineView.mv_discovery_timeline.sql"));
        }
    }
}
