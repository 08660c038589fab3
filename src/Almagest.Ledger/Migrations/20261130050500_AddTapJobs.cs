using Almagest.Ledger.Database;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <summary>Jobs of the Table Access Protocol, in the ledger instead of a server.</summary>
    public partial class AddTapJobs : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddTapJobs.tap_jobs.up.sql"));

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder) =>
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddTapJobs.tap_jobs.down.sql"));
    }
}
