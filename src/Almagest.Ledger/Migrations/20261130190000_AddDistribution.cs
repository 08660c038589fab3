using Almagest.Ledger.Database;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <summary>How the bulk tables lie on several machines, and which of their rows nobody sees.</summary>
    public partial class AddDistribution : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddDistribution.distribution.up.sql"));

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddDistribution.distribution.down.sql"));
    }
}
