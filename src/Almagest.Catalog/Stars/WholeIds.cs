using System.Globalization;

namespace Almagest.Catalog.Stars;

/// <summary>Identifiers that are whole numbers: 0 to 2^63 - 1, written without a sign and without leading zeros, so that number and text
/// are each made of the other without loss.</summary>
internal static class WholeIds
{
    /// <summary>Whether an identifier is one; <c>0001</c> is not.</summary>
    public static bool Is(ReadOnlySpan<char> id) =>
        id is [>= '0' and <= '9', ..]
        && (id[0] != '0' || id.Length == 1)
        && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
