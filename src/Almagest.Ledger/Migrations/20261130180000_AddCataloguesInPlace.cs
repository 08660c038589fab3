using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <summary>Datasets whose stars stay in their files.</summary>
    public partial class AddCataloguesInPlace : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "in_place",
                table: "datasets",
                type: "jsonb",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            // Without the column they would be datasets whose stars are lost.
            migrationBuilder.Sql("delete from public.datasets where in_place is not null");
            migrationBuilder.DropColumn(
                name: "in_place",
                table: "datasets");
        }
    }
}
