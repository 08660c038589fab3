using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <inheritdoc />
    public partial class AddTagsAndNotes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
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

            migrationBuilder.CreateIndex(
                name: "ix_run_notes_run_id_note_id",
                table: "run_notes",
                columns: new[] { "run_id", "note_id" });

            migrationBuilder.CreateIndex(
                name: "ix_run_tags_tag_run_id",
                table: "run_tags",
                columns: new[] { "tag", "run_id" },
                descending: new[] { false, true });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "run_notes");

            migrationBuilder.DropTable(
                name: "run_tags");

            migrationBuilder.DropColumn(
                name: "labelled_by",
                table: "star_labels");

            migrationBuilder.DropColumn(
                name: "remark",
                table: "star_labels");
        }
    }
}
