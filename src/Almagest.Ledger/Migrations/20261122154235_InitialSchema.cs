using System;
using Almagest.Ledger.Database;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <inheritdoc />
    public partial class InitialSchema : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "datasets",
                columns: table => new
                {
                    dataset_id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityAlwaysColumn),
                    name = table.Column<string>(type: "text", nullable: false),
                    source = table.Column<string>(type: "jsonb", nullable: false),
                    checksum = table.Column<string>(type: "text", nullable: false),
                    column_mapping = table.Column<string>(type: "jsonb", nullable: false),
                    star_count = table.Column<long>(type: "bigint", nullable: false),
                    rejected_count = table.Column<long>(type: "bigint", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_datasets", x => x.dataset_id);
                });

            migrationBuilder.CreateTable(
                name: "discovery_results",
                columns: table => new
                {
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    star_id = table.Column<long>(type: "bigint", nullable: false),
                    is_anomaly = table.Column<int>(type: "integer", nullable: false, defaultValue: 0),
                    anomaly_score = table.Column<double>(type: "double precision", nullable: true),
                    cluster_id = table.Column<int>(type: "integer", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_discovery_results", x => new { x.run_id, x.star_id });
                    table.CheckConstraint("ck_discovery_results_is_anomaly", "is_anomaly in (0, 1)");
                });

            migrationBuilder.CreateTable(
                name: "star_labels",
                columns: table => new
                {
                    star_id = table.Column<long>(type: "bigint", nullable: false),
                    label_set = table.Column<string>(type: "text", nullable: false, defaultValue: "truth"),
                    is_anomaly = table.Column<int>(type: "integer", nullable: true),
                    kind = table.Column<string>(type: "text", nullable: true),
                    cluster = table.Column<string>(type: "text", nullable: true),
                    labelled_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()")
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_star_labels", x => new { x.star_id, x.label_set });
                    table.CheckConstraint("ck_star_labels_is_anomaly", "is_anomaly in (0, 1)");
                });

            migrationBuilder.CreateTable(
                name: "stars",
                columns: table => new
                {
                    star_id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    dataset_id = table.Column<long>(type: "bigint", nullable: false),
                    source_id = table.Column<string>(type: "text", nullable: false),
                    ra_deg = table.Column<double>(type: "double precision", nullable: false),
                    dec_deg = table.Column<double>(type: "double precision", nullable: false),
                    parallax_mas = table.Column<double>(type: "double precision", nullable: true),
                    parallax_error_mas = table.Column<double>(type: "double precision", nullable: true),
                    pmra_mas_yr = table.Column<double>(type: "double precision", nullable: true),
                    pmdec_mas_yr = table.Column<double>(type: "double precision", nullable: true),
                    magnitude = table.Column<double>(type: "double precision", nullable: true),
                    color = table.Column<double>(type: "double precision", nullable: true),
                    radial_velocity_km_s = table.Column<double>(type: "double precision", nullable: true),
                    ruwe = table.Column<double>(type: "double precision", nullable: true),
                    healpix_29 = table.Column<long>(type: "bigint", nullable: false),
                    extra = table.Column<string>(type: "jsonb", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_stars", x => x.star_id);
                });

            migrationBuilder.CreateTable(
                name: "discovery_runs",
                columns: table => new
                {
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    run_type = table.Column<string>(type: "text", nullable: false),
                    algorithm = table.Column<string>(type: "text", nullable: false),
                    parameters = table.Column<string>(type: "jsonb", nullable: false),
                    dataset_id = table.Column<long>(type: "bigint", nullable: false),
                    dataset_filter = table.Column<string>(type: "jsonb", nullable: false, defaultValueSql: "'{}'"),
                    total_stars = table.Column<long>(type: "bigint", nullable: false),
                    results_summary = table.Column<string>(type: "jsonb", nullable: true),
                    status = table.Column<string>(type: "text", nullable: false),
                    error = table.Column<string>(type: "text", nullable: true),
                    random_seed = table.Column<long>(type: "bigint", nullable: true),
                    program_version = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: false, defaultValueSql: "now()"),
                    started_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true),
                    completed_at = table.Column<DateTime>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_discovery_runs", x => x.run_id);
                    table.CheckConstraint("ck_discovery_runs_run_type", "run_type in ('anomaly', 'cluster')");
                    table.CheckConstraint(
                        "ck_discovery_runs_status",
                        "status in ('pending', 'running', 'completed', 'failed', 'cancelled')"
                    );
                    table.ForeignKey(
                        name: "fk_discovery_runs_datasets_dataset_id",
                        column: x => x.dataset_id,
                        principalTable: "datasets",
                        principalColumn: "dataset_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "rejected_rows",
                columns: table => new
                {
                    dataset_id = table.Column<long>(type: "bigint", nullable: false),
                    ordinal = table.Column<int>(type: "integer", nullable: false),
                    file = table.Column<string>(type: "text", nullable: false),
                    line_number = table.Column<long>(type: "bigint", nullable: false),
                    field = table.Column<string>(type: "text", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    value = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_rejected_rows", x => new { x.dataset_id, x.ordinal });
                    table.ForeignKey(
                        name: "fk_rejected_rows_datasets_dataset_id",
                        column: x => x.dataset_id,
                        principalTable: "datasets",
                        principalColumn: "dataset_id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_datasets_checksum",
                table: "datasets",
                column: "checksum");

            migrationBuilder.CreateIndex(
                name: "ix_datasets_name",
                table: "datasets",
                column: "name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_discovery_runs_dataset_id",
                table: "discovery_runs",
                column: "dataset_id");

            migrationBuilder.CreateIndex(
                name: "ix_stars_dataset_id_healpix29",
                table: "stars",
                columns: new[] { "dataset_id", "healpix_29" });

            migrationBuilder.CreateIndex(
                name: "ix_stars_dataset_id_source_id",
                table: "stars",
                columns: new[] { "dataset_id", "source_id" },
                unique: true);

            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.InitialSchema.bulk_delete.up.sql"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.InitialSchema.bulk_delete.down.sql"));

            migrationBuilder.DropTable(
                name: "discovery_results");

            migrationBuilder.DropTable(
                name: "discovery_runs");

            migrationBuilder.DropTable(
                name: "rejected_rows");

            migrationBuilder.DropTable(
                name: "star_labels");

            migrationBuilder.DropTable(
                name: "stars");

            migrationBuilder.DropTable(
                name: "datasets");
        }
    }
}
