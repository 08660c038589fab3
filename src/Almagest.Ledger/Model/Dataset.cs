namespace Almagest.Ledger.Model;

/// <summary>One loaded catalogue. Immutable once a run or a cross-match rests on it, so that it can be repeated.</summary>
public sealed class Dataset
{
    public long DatasetId { get; set; }

    /// <summary>Unique name, chosen by the user or taken from the file's name.</summary>
    public required string Name { get; set; }

    /// <summary>Where it came from: JSON array of <c>{file, format, checksum, rows, rejected, system}</c>, and what was chosen: table,
    /// epoch, service, query.</summary>
    public required string Source { get; set; }

    /// <summary>SHA-256 of the file's bytes, lower-case hex; of several files: of their checksums in order, one a line. A table, system or
    /// epoch that was chosen is a line more.</summary>
    public required string Checksum { get; set; }

    /// <summary>JSON object: canonical star field to source column, as it was applied.</summary>
    public required string ColumnMapping { get; set; }

    public long StarCount { get; set; }

    /// <summary>Rows that could not be loaded; the first of them are in <c>rejected_rows</c>.</summary>
    public long RejectedCount { get; set; }

    /// <summary>Julian year for which every star's position holds; null where it is not known or differs from star to star.</summary>
    public double? ReferenceEpoch { get; set; }

    /// <summary>Where its files are, of a dataset that is read where it lies: its stars are not in the ledger. JSON; null where they
    /// are.</summary>
    public string? InPlace { get; set; }

    public DateTime CreatedAt { get; set; }
}

/// <summary>A row of a catalogue file that could not be loaded, and why.</summary>
public sealed class RejectedRow
{
    public long DatasetId { get; set; }

    /// <summary>Position in the list of rejections of the dataset, from 1.</summary>
    public int Ordinal { get; set; }

    public required string File { get; set; }

    /// <summary>Physical line of the file on which the row starts, from 1.</summary>
    public long LineNumber { get; set; }

    public required string Field { get; set; }

    public required string Reason { get; set; }

    public string? Value { get; set; }
}
