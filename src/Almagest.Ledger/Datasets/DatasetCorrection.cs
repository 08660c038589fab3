using Almagest.Catalog;

namespace Almagest.Ledger.Datasets;

/// <summary>What is to be set right in a loaded catalogue.</summary>
public sealed record DatasetCorrection
{
    /// <summary>Column of the file, or star field, to the unit in which the column is.</summary>
    public IReadOnlyDictionary<string, string> Units { get; init; } = new Dictionary<string, string>();

    /// <summary>Values, as the file has them, that stand for missing ones.</summary>
    public IReadOnlyList<MissingValue> Missing { get; init; } = [];
}
