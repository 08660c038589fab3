using System.Globalization;
using Almagest.Catalog;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Contract.Errors;
using Almagest.Ledger.Datasets;
using Almagest.Sky;

namespace Almagest.Dashboard.Uploads;

/// <summary>How a person wants a file to be read, as it is written in the form; empty = as the file says it.</summary>
internal sealed record UploadReading
{
    /// <summary>Name or number of its table; empty = the first.</summary>
    public string Table { get; init; } = "";

    /// <summary>icrs, galactic, fk5, fk4; or fk5: and fk4: with the equinox beside.</summary>
    public string Frame { get; init; } = "";

    /// <summary>Of fk5: and fk4: a year such as J1975.</summary>
    public string Equinox { get; init; } = "";

    /// <summary>Degrees from which the right ascensions run: 0, -180.</summary>
    public string RaFrom { get; init; } = "";

    /// <summary>For which year the positions hold.</summary>
    public string CatalogEpoch { get; init; } = "";

    /// <summary>To which year they are carried.</summary>
    public string Epoch { get; init; } = "";

    public bool ZeroParallaxIsMissing { get; init; }

    /// <summary>Values that mean that there is none, with commas between: -999, parallax=0.</summary>
    public string Missing { get; init; } = "";

    public bool NeedsEquinox => Frame.EndsWith(':');

    public CatalogOpenOptions Open => new() { Table = Table.Length == 0 ? null : Table, Missing = MissingValue.ParseList(Missing) };

    /// <summary>The mapping with the system and the range that were chosen.</summary>
    /// <exception cref="LedgerException">the equinox is not a year</exception>
    public ColumnMapping Apply(ColumnMapping mapping)
    {
        ArgumentNullException.ThrowIfNull(mapping);
        return (System() is { } system ? mapping.WithSystem(system) : mapping).WithRaFrom(Start);
    }

    /// <exception cref="LedgerException">a year cannot be read</exception>
    public StarReaderOptions Stars(int rows) =>
        new()
        {
            RowsPerBatch = rows,
            ZeroParallaxIsMissing = ZeroParallaxIsMissing,
            TargetEpoch = Year("epoch", Epoch),
            CatalogEpoch = Year("catalog_epoch", CatalogEpoch),
        };

    /// <inheritdoc cref="Stars"/>
    public IngestOptions Ingest(string name, IReadOnlyDictionary<string, string> map) =>
        new()
        {
            DatasetName = name,
            Map = map,
            ZeroParallaxIsMissing = ZeroParallaxIsMissing,
            Open = Open,
            System = System(),
            Epoch = Year("epoch", Epoch),
            CatalogEpoch = Year("catalog_epoch", CatalogEpoch),
            RaFrom = Start,
        };

    private int? Start => RaFrom.Length == 0 ? null : int.Parse(RaFrom, CultureInfo.InvariantCulture);

    private PositionSystem? System()
    {
        if (Frame.Length == 0)
            return null;
        return PositionSystem.Parse(NeedsEquinox ? Frame + Equinox.Trim() : Frame)
            ?? throw LedgerException.Invalid(
                "equinox",
                $"the equinox is '{Equinox}', expected a year from 1600 to 2200",
                "Write for instance B1875 or J1975."
            );
    }

    private static double? Year(string field, string text) =>
        text.Trim().Length == 0
            ? null
            : PositionSystem.ParseEpoch(text)
                ?? throw LedgerException.Invalid(
                    field,
                    $"'{text}' is not a year from 1600 to 2200",
                    "Write for instance 2016, J2000 or B1950."
                );
}

/// <summary>What the first rows of a file give.</summary>
/// <param name="NotCarried">stars that stay where they are, for lack of a proper motion or an epoch</param>
/// <param name="First">right ascension, declination (ICRS, degrees) and epoch (Julian year) of the first star; null without one</param>
internal sealed record UploadTrial(
    long Stars,
    IReadOnlyList<RejectedRow> Rejected,
    long NotCarried,
    (double Ra, double Dec, double? Epoch)? First
);
