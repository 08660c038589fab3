using System.Globalization;

namespace Almagest.Catalog;

/// <summary>One table of a catalogue file.</summary>
/// <param name="Number">from 1, in the order of the file</param>
/// <param name="Name">null where it has none</param>
/// <param name="Rows">as the file says it above the rows; null where it does not</param>
public sealed record CatalogTable(int Number, string? Name, long? Rows)
{
    /// <summary>What <see cref="CatalogOpenOptions.Table"/> takes: its name where no other table has it, else its number.</summary>
    public string Choice { get; internal init; } = Number.ToString(CultureInfo.InvariantCulture);
}
