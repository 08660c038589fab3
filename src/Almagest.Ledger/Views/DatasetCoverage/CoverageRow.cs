namespace Almagest.Ledger.Views.DatasetCoverage;

/// <summary>One row of <see cref="DatasetCoverageView"/>, with the cell's place.</summary>
public sealed class CoverageRow
{
    public long DatasetId { get; init; }
    public long Healpix6 { get; init; }
    public double RaDeg => SkyCell.Centre(Healpix6).RaDeg;
    public double DecDeg => SkyCell.Centre(Healpix6).DecDeg;
    public double AreaDeg2 { get; } = SkyCell.AreaDeg2;
    public long Stars { get; init; }
    public long Runs { get; init; }
    public long StarAnalyses { get; init; }
    public long Excluded { get; init; }
    public long Flags { get; init; }
    public DateTime? LastAnalysedAt { get; init; }
    public DateTime LastUpdated { get; init; }
}
