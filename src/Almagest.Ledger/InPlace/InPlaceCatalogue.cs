using System.Text.Json;
using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Contract.Serialization;
using Almagest.Ledger.Model;
using Almagest.Sky;

namespace Almagest.Ledger.InPlace;

/// <summary>
/// A catalogue whose stars stay in its files: where these are, how they looked, and how they are read. Kept as JSON in the dataset's
/// <see cref="Dataset.InPlace"/>. The id of a star is that of the first row and the number of its row among the rows of all files.
/// </summary>
public sealed record InPlaceCatalogue
{
    private static readonly JsonSerializerOptions s_stored = new(ContractJson.Options);

    /// <summary>The file, or the folder, on the machine that reads it.</summary>
    public required string Path { get; init; }

    public required long FirstStarId { get; init; }

    /// <summary>Rows of all files, those included that are no stars: each has an id.</summary>
    public required long Rows { get; init; }

    /// <summary>In the order of their rows.</summary>
    public required IReadOnlyList<InPlaceFile> Files { get; init; }

    /// <summary>Star field to column, over what is found automatically.</summary>
    public IReadOnlyDictionary<string, string> Map { get; init; } = new Dictionary<string, string>();

    public IReadOnlyList<MissingValue> Missing { get; init; } = [];

    public bool ZeroParallaxIsMissing { get; init; }

    public PositionSystem? System { get; init; }

    public double? Epoch { get; init; }

    public double? CatalogEpoch { get; init; }

    public int? RaFrom { get; init; }

    /// <summary>Null where the stars of the dataset are in the ledger.</summary>
    public static InPlaceCatalogue? Of(Dataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return dataset.InPlace is { } json ? JsonSerializer.Deserialize<InPlaceCatalogue>(json, s_stored) : null;
    }

    public string ToJson() => JsonSerializer.Serialize(this, s_stored);

    /// <summary>Whether a star has this id.</summary>
    public bool Holds(long starId) => starId >= FirstStarId && starId - FirstStarId < Rows;

    /// <summary>Opens the files, one after the other, as one table.</summary>
    /// <param name="read">names of the columns that are read; null = all</param>
    /// <param name="fieldsOnly">neither other columns nor a report are wanted</param>
    /// <param name="withoutIds">nor ids</param>
    /// <exception cref="CatalogFormatException">they cannot be read</exception>
    internal (ICatalogReader Reader, StarReader Stars) Open(
        IReadOnlySet<string>? read = null,
        bool fieldsOnly = false,
        bool withoutIds = false
    )
    {
        var reader = CatalogFile.Open(Path, new CatalogOpenOptions { Missing = Missing, Read = read });
        try
        {
            var mapping = ColumnMapping.Automatic(reader.Columns).With(Map.Select(m => $"{m.Key}={m.Value}"));
            if (System is { } system)
                mapping = mapping.WithSystem(system);
            // Whether they run from elsewhere was asked when the catalogue was registered.
            mapping = mapping.WithRaFrom(RaFrom ?? (mapping.System is { Frame: SkyFrame.Galactic } ? null : 0));
            return (
                reader,
                new StarReader(
                    reader,
                    mapping,
                    new StarReaderOptions
                    {
                        ZeroParallaxIsMissing = ZeroParallaxIsMissing,
                        TargetEpoch = Epoch,
                        CatalogEpoch = CatalogEpoch,
                        FieldsOnly = fieldsOnly,
                        WithoutIds = withoutIds,
                    }
                )
            );
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }
}

/// <summary>A file of such a catalogue, as it was when the catalogue was registered.</summary>
/// <param name="Path">from the folder; the file's name where there is no folder</param>
/// <param name="ModifiedAt">UTC</param>
/// <param name="Checksum">SHA-256 of its bytes</param>
public sealed record InPlaceFile(string Path, long Bytes, DateTime ModifiedAt, string Checksum);
