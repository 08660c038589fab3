using System;
using Almagest.Ledger.Database;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <inheritdoc />
    public partial class AddCrossMatches : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
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
                name: "ix_cross_matches_dataset_1_id",
                table: "cross_matches",
                column: "dataset_1_id");

            migrationBuilder.CreateIndex(
                name: "ix_cross_matches_dataset_2_id",
                table: "cross_matches",
                column: "dataset_2_id");

            migrationBuilder.CreateIndex(
                name: "ix_star_links_match_id_star_2_id",
                table: "star_links",
                columns: new[] { "match_id", "star_2_id" });

            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.Sql.star_links.up.sql"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.Sql.star_links.down.sql"));

            migrationBuilder.DropTable(
                name: "cross_matches");

            migrationBuilder.DropTable(
                name: "star_links");
        }
    }
}
