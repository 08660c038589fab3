using Almagest.Catalog.Stars;

namespace Almagest.Contract.Datasets;

/// <summary>What became of the files of a dataset when it was loaded.</summary>
/// <param name="Dataset">its name</param>
/// <param name="Files">one a file; none of those that were loaded before reports were kept</param>
public sealed record DatasetReport(string Dataset, IReadOnlyList<FileReport> Files);

/// <summary>What became of one file.</summary>
/// <param name="File">its name</param>
/// <param name="Format">its format, e.g. CSV or FITS</param>
/// <param name="Report">rows, columns and suspicions</param>
public sealed record FileReport(string? File, string? Format, LoadReport Report);
