using Almagest.Ledger.Database;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <summary>Errors, correlations and marks of quality become columns of a star.</summary>
    public partial class AddAstrometricErrors : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<double>(
                name: "dec_error",
                table: "stars",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "dec_parallax_corr",
                table: "stars",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "dec_pmdec_corr",
                table: "stars",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "dec_pmra_corr",
                table: "stars",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "parallax_pmdec_corr",
                table: "stars",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "parallax_pmra_corr",
                table: "stars",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "phot_bp_rp_excess_factor",
                table: "stars",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "pmdec_error",
                table: "stars",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "pmra_error",
                table: "stars",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "pmra_pmdec_corr",
                table: "stars",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "ra_dec_corr",
                table: "stars",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "ra_error",
                table: "stars",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "ra_parallax_corr",
                table: "stars",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "ra_pmdec_corr",
                table: "stars",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "ra_pmra_corr",
                table: "stars",
                type: "double precision",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "radial_velocity_error",
                table: "stars",
                type: "double precision",
                nullable: true);

            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddAstrometricErrors.errors.up.sql"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddAstrometricErrors.errors.down.sql"));

            migrationBuilder.DropColumn(
                name: "dec_error",
                table: "stars");

            migrationBuilder.DropColumn(
                name: "dec_parallax_corr",
                table: "stars");

            migrationBuilder.DropColumn(
                name: "dec_pmdec_corr",
                table: "stars");

            migrationBuilder.DropColumn(
                name: "dec_pmra_corr",
                table: "stars");

            migrationBuilder.DropColumn(
                name: "parallax_pmdec_corr",
                table: "stars");

            migrationBuilder.DropColumn(
                name: "parallax_pmra_corr",
                table: "stars");

            migrationBuilder.DropColumn(
                name: "phot_bp_rp_excess_factor",
                table: "stars");

            migrationBuilder.DropColumn(
                name: "pmdec_error",
                table: "stars");

            migrationBuilder.DropColumn(
                name: "pmra_error",
                table: "stars");

            migrationBuilder.DropColumn(
                name: "pmra_pmdec_corr",
                table: "stars");

            migrationBuilder.DropColumn(
                name: "ra_dec_corr",
                table: "stars");

            migrationBuilder.DropColumn(
                name: "ra_error",
                table: "stars");

            migrationBuilder.DropColumn(
                name: "ra_parallax_corr",
                table: "stars");

            migrationBuilder.DropColumn(
                name: "ra_pmdec_corr",
                table: "stars");

            migrationBuilder.DropColumn(
                name: "ra_pmra_corr",
                table: "stars");

            migrationBuilder.DropColumn(
                name: "radial_velocity_error",
                table: "stars");
        }
    }
}
