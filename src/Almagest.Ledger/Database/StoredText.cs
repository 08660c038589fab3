namespace Almagest.Ledger.Database;

/// <summary>Texts of catalogues in the form in which PostgreSQL can hold them.</summary>
internal static class StoredText
{
    // Its text holds every character but this one.
    public static string WithoutNul(string text) => text.Contains('\0', StringComparison.Ordinal) ? text.Replace('\0', '\uFFFD') : text;

    /// <summary>A star's other columns; null where it has none.</summary>
    /// <param name="json">of <see cref="Catalog.Stars.StarBatch.ExtraJson"/></param>
    public static string? Extra(string json) =>
        json is "{}" ? null : json.Replace("\\u0000", "\\ufffd", StringComparison.Ordinal);
}
