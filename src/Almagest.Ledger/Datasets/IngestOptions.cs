using Almagest.Catalog;
using Almagest.Catalog.Stars;
using Almagest.Ledger.Model;
using Almagest.Sky;

namespace Almagest.Ledger.Datasets;

/// <summary>How to load catalogue files.</summary>
public sealed record IngestOptions
{
    /// <summary>The dataset's name; the first file's name without its endings by default.</summary>
    public string? DatasetName { get; init; }

    /// <summary>Star field to source column, over what is found automatically; e.g. <c>ra_deg</c> to <c>RAJ2000</c>, or to
    /// <c>none</c>.</summary>
    public IReadOnlyDictionary<string, string> Map { get; init; } = new Dictionary<string, string>();

    /// <summary>Load although the same bytes have been loaded before (under another name).</summary>
    public bool Force { get; init; }

    /// <summary>A parallax of exactly 0 means unknown in this catalogue.</summary>
    public bool ZeroParallaxIsMissing { get; init; }

    /// <summary>How to open the files: which of their tables, with which ReadMe.</summary>
    public CatalogOpenOptions Open { get; init; } = CatalogOpenOptions.Default;

    /// <summary>The system of the positions, where the file does not say it or says it wrongly. Stars are stored in ICRS.</summary>
    public PositionSystem? System { get; init; }

    /// <summary>Julian year to which positions and proper motions are carried; null leaves them at their own epoch.</summary>
    public double? Epoch { get; init; }

    /// <summary>Julian year for which the catalogue's positions hold, where the file does not say it or says it wrongly.</summary>
    public double? CatalogEpoch { get; init; }

    /// <summary>Degrees from which the right ascensions run: 0, or -180 (to 180); null where it is not said.</summary>
    public int? RaFrom { get; init; }

    /// <summary>Where a file was fetched from, kept with the dataset: <c>service</c>, <c>query</c> …</summary>
    public IReadOnlyDictionary<string, string> Origin { get; init; } = new Dictionary<string, string>();

    /// <summary>The stars stay in the file, or in the folder, which is Parquet: see <see cref="Almagest.Ledger.InPlace"/>.</summary>
    public bool InPlace { get; init; }

    /// <summary>Rejected rows that are kept with their reasons; all are counted.</summary>
    public int RejectedRowsKept { get; init; } = 1000;
}

/// <summary>How far a load is, over all of its files.</summary>
public sealed record IngestProgress(long BytesRead, long TotalBytes, long Rows, long Rejected);

/// <summary>What a load did.</summary>
/// <param name="AlreadyLoaded">the same bytes are in <see cref="Dataset"/> already: nothing was stored</param>
/// <param name="RejectedRows">the first of the rejected rows</param>
/// <param name="Mapping">one line per star field, e.g. <c>ra_deg ← RAJ2000</c></param>
/// <param name="Notes">remarks of the readers, and what looks wrong in a file</param>
/// <param name="Files">what became of each file; empty where nothing was stored</param>
public sealed record IngestReport(
    Dataset Dataset,
    bool AlreadyLoaded,
    long Rows,
    long Rejected,
    IReadOnlyList<Model.RejectedRow> RejectedRows,
    IReadOnlyList<string> Mapping,
    IReadOnlyList<string> Notes,
    IReadOnlyList<LoadReport> Files,
    double ElapsedMs
);
