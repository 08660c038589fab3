using System.Security.Cryptography;
using System.Text;
using Almagest.Ledger.Model;

namespace Almagest.Ledger.Selections;

/// <summary>
/// A selection as one short text: equal where the same filter meets the same bytes of a catalogue, in whatever ledger. SHA-256 of the
/// dataset's checksum (of several, all in their order as text), a line end after each, and the filter's JSON form with every number in its
/// shortest form and without ids of datasets.
/// </summary>
public static class SelectionHash
{
    /// <param name="datasets">all that the selection takes stars from</param>
    /// <returns>64 hexadecimal digits</returns>
    public static string Of(IEnumerable<Dataset> datasets, StarFilter filter) => Of(datasets.Select(d => d.Checksum), filter);

    /// <param name="checksums">SHA-256 of each dataset's files</param>
    /// <inheritdoc cref="Of(IEnumerable{Dataset}, StarFilter)"/>
    public static string Of(IEnumerable<string> checksums, StarFilter filter)
    {
        ArgumentNullException.ThrowIfNull(checksums);
        ArgumentNullException.ThrowIfNull(filter);
        var of = string.Join('\n', checksums.Order(StringComparer.Ordinal));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{of}\n{(filter with { AlsoDatasets = null }).ToJson()}")));
    }
}
