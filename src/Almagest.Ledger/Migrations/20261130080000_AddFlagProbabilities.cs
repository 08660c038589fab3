using Almagest.Ledger.Database;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <summary>What draws within the errors say of a star: the chance that it is flagged, the spread of its score, whether it stays in its
    /// cluster.</summary>
    public partial class AddFlagProbabilities : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<double>(
                name: "flag_probability",
                table: "discovery_results",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "membership_stability",
                table: "discovery_results",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "score_spread",
                table: "discovery_results",
                type: "double precision",
                nullable: true);

            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddFlagProbabilities.deleted.up.sql"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddFlagProbabilities.draws.down.sql"));

            migrationBuilder.DropColumn(
                name: "flag_probability",
                table: "discovery_results");

            migrationBuilder.DropColumn(
                name: "membership_stability",
                table: "discovery_results");

            migrationBuilder.DropColumn(
                name: "score_spread",
                table: "discovery_results");
        }
    }
}
