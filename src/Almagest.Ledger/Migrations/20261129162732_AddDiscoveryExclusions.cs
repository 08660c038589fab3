using System;
using Almagest.Ledger.Database;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <summary>Stars that a run selected and did not analyse: how many, why, and where on the sky.</summary>
    public partial class AddDiscoveryExclusions : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "discovery_exclusions",
                columns: table => new
                {
                    run_id = table.Column<Guid>(type: "uuid", nullable: false),
                    dataset_id = table.Column<long>(type: "bigint", nullable: false),
                    reason = table.Column<string>(type: "text", nullable: false),
                    healpix_6 = table.Column<long>(type: "bigint", nullable: false),
                    stars = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_discovery_exclusions", x => new { x.run_id, x.dataset_id, x.healpix_6, x.reason });
                });

            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddDiscoveryExclusions.exclusions.up.sql"));
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropQueryOptimizedViews();
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.AddDiscoveryExclusions.exclusions.down.sql"));

            migrationBuilder.DropTable(
                name: "discovery_exclusions");
        }
    }
}
