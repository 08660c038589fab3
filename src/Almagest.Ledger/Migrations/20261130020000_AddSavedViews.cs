using Almagest.Ledger.Database;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <summary>Named choices of what a list of runs shows.</summary>
    public partial class AddSavedViews : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddSavedViews.saved_views.up.sql"));

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddSavedViews.saved_views.down.sql"));
    }
}
