using Almagest.Contract.Columns;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Ledger.Views.Descriptors;
using static Almagest.Contract.Columns.Column;

namespace Almagest.Ledger.Views.DatasetCoverage;

/// <summary>Which parts of the sky were analysed how often.</summary>
internal static class DatasetCoverageView
{
    public static ViewFilter Dataset { get; } =
        new DatasetFilter("dataset", "only this dataset, by name or id")
        {
            Condition = "dataset_id = {0}",
            Describe = id => $"dataset {id}",
        };

    public static ViewFilter MinRuns { get; } =
        new WholeFilter("min_runs", "only cells that at least this many runs analysed; 0 = also cells without any", 0, int.MaxValue)
        {
            Condition = "runs >= {0}",
            Default = 0L,
            Describe = least => least is > 0L ? $"at least {CountText.Of((long)least, "run", "runs")}" : null,
        };

    private static readonly ViewFilter s_cell = new WholeFilter(
        "healpix_6",
        "only this HEALPix cell (nested scheme, order 6)",
        0,
        SkyCell.Count - 1
    )
    {
        Option = null,
        Describe = cell => $"the cell {cell}",
    };

    private static readonly ViewFilter s_cone = new ConeFilter(
        "cone",
        "only cells that touch this circle, as RA,DEC,RADIUS in degrees; of a wide one also some next to its rim"
    )
    {
        Condition = "healpix_6 = any({0})",
        Describe = cells => $"{CountText.Of(((long[])cells).Length, "cell", "cells")} of the sky",
    };

    public static AnalyticsView<CoverageRow> View { get; } =
        new()
        {
            Name = "mv_dataset_coverage",
            Description = "Cells of the sky that hold stars of a dataset, and how often they were analysed",
            Key = ["dataset_id", "healpix_6"],
            Columns =
            [
                StarColumns.DatasetId,
                Integer("healpix_6", "pos.healpix", "HEALPix cell, nested scheme, order 6 (NSIDE 64, 0.84 square degrees), 0 to 49151"),
                Integer("stars", "meta.number", "stars of the dataset in the cell"),
                Integer("runs", "meta.number", "complete runs of either type that analysed at least one of these stars"),
                Integer("star_analyses", "meta.number", "results of these runs for these stars"),
                Integer("excluded", "meta.number", "times that a run selected one of these stars and could not analyse it"),
                Integer("flags", "meta.number", "how many of these results are flags"),
                Timestamp("last_analysed_at", "time.processing", "when the last of these runs was completed; null where no run was here"),
                ColumnDictionary.LastUpdated with
                {
                    Description = "when the last of these runs was completed, or the dataset loaded",
                },
            ],
            Computed =
            [
                Double("ra_deg", "deg", "pos.eq.ra", "right ascension of the cell's centre, ICRS"),
                Double("dec_deg", "deg", "pos.eq.dec", "declination of the cell's centre, ICRS"),
                Double("area_deg2", "deg2", "phys.angArea", "the cell's area; all cells are alike"),
            ],
            RunTypes = Model.RunTypes.All,
            LookupIndexes = [("runs", "dataset_id, runs desc, star_analyses desc, healpix_6")],
            Tables = ["stars", "in_place_cells"],
            CountSql = "select count(*) from view_summaries.dataset_cells",
            Order = "star_analyses desc, dataset_id, healpix_6",
            SortColumns = ["runs", "star_analyses", "stars", "excluded", "flags", "last_analysed_at"],
            Filters = [Dataset, MinRuns, s_cell, s_cone],
            Route = new("coverage", "getDatasetCoverage", "Which regions of the sky have been analysed, and how often")
            {
                Description =
                    "One row per dataset and HEALPix cell (nested scheme, order 6) that holds stars of the dataset, also where no run "
                    + "has been.",
                Limit = new((int)SkyCell.Count, 1000, "most rows; the whole sky has 49152 cells"),
                Refuse = CellBesideCone,
            },
            Command = new(
                "coverage",
                "Show which regions of the sky have been analysed, by HEALPix cell (nested, order 6)",
                "cells",
                "No such cell holds stars. Load some: almagest ingest FILE"
            )
            {
                Examples = ["almagest analytics coverage --dataset gaia-100pc --cone 56.75,24.1,2"],
                Cells =
                [
                    ViewCell.Of<CoverageRow>("dataset", r => r.DatasetId) with
                    {
                        IsDataset = true,
                        Most = 20,
                    },
                    ViewCell.Of<CoverageRow>(">cell", r => r.Healpix6) with
                    {
                        IsCode = true,
                    },
                    ViewCell.Of<CoverageRow>(">RA", r => r.RaDeg),
                    ViewCell.Of<CoverageRow>(">Dec", r => r.DecDeg),
                    ViewCell.Of<CoverageRow>(">stars", r => r.Stars),
                    ViewCell.Of<CoverageRow>(">runs", r => r.Runs),
                    ViewCell.Of<CoverageRow>(">excluded", r => r.Excluded),
                    ViewCell.Of<CoverageRow>(">flags", r => r.Flags),
                    ViewCell.Of<CoverageRow>("last analysed", r => r.LastAnalysedAt ?? (object)"never"),
                ],
            },
        };

    private static LedgerException? CellBesideCone(ViewRows rows) =>
        rows.Conditions.TryGetValue(s_cell.Name, out var cell)
        && rows.Conditions.TryGetValue(s_cone.Name, out var cells)
        && !((long[])cells).Contains((long)cell)
            ? LedgerException.Invalid(s_cell.Name, $"cell {cell} does not touch the cone", "Give one of the two.")
            : null;
}
