using System.Security.Cryptography;
using System.Text;

namespace Almagest.Ledger.Selections;

/// <summary>
/// A selection as one short text: equal where the same filter meets the same bytes of a catalogue, in whatever ledger. SHA-256 of the
/// dataset's checksum, a line end, and the filter's JSON form with every number in its shortest form.
/// </summary>
public static class SelectionHash
{
    /// <param name="datasetChecksum">SHA-256 of the dataset's files</param>
    /// <returns>64 hexadecimal digits</returns>
    public static string Of(string datasetChecksum, StarFilter filter)
    {
        ArgumentNullException.ThrowIfNull(datasetChecksum);
        ArgumentNullException.ThrowIfNull(filter);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{datasetChecksum}\n{filter.ToJson()}")));
    }
}
