using Almagest.Ledger.Database;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <summary>Whether the ledger chooses by itself how its views are kept fresh.</summary>
    public partial class AddAutomaticViewMode : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddAutomaticViewMode.policy.up.sql"));

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddAutomaticViewMode.policy.down.sql"));
    }
}
