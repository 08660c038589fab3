using Almagest.Ledger.Database;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <summary>Watches on sets of labels and regions, and what runs say of their stars.</summary>
    public partial class AddWatches : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddWatches.watches.up.sql"));

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddWatches.watches.down.sql"));
    }
}
