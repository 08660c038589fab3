using System;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Almagest.Ledger.Migrations
{
    /// <inheritdoc />
    public partial class AddParameterCoverageQualityViews : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterColumn<Guid>(
                name: "run_id",
                table: "pending_view_changes",
                type: "uuid",
                nullable: true,
                oldClrType: typeof(Guid),
                oldType: "uuid");
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.Sql.table_changes.up.sql"));
            migrationBuilder.Sql(AnalyticsViews.Coverage.CreateSql());
            migrationBuilder.Sql(AnalyticsViews.Quality.CreateSql());
            migrationBuilder.Sql(AnalyticsViews.Parameters.CreateSql());
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(AnalyticsViews.Parameters.DropSql());
            migrationBuilder.Sql(AnalyticsViews.Quality.DropSql());
            migrationBuilder.Sql(AnalyticsViews.Coverage.DropSql());
            migrationBuilder.Sql(EmbeddedSql.Read("Migrations.Sql.table_changes.down.sql"));
            migrationBuilder.AlterColumn<Guid>(
                name: "run_id",
                table: "pending_view_changes",
                type: "uuid",
                nullable: false,
                oldClrType: typeof(Guid),
                oldType: "uuid",
                oldNullable: true);
        }
    }
}
