namespace Almagest.Ledger.Database;

/// <summary>Text in the form in which PostgreSQL keeps it.</summary>
internal static class StoredText
{
    /// <summary>PostgreSQL's text holds every character but this one.</summary>
    public static string WithoutNul(string text) => text.Contains('\0', StringComparison.Ordinal) ? text.Replace('\0', '\uFFFD') : text;

    /// <summary>A JSON object of the other columns of a row; null where there are none.</summary>
    public static string? Extra(string json) => json is "{}" ? null : json.Replace("\\u0000", "\\ufffd", StringComparison.Ordinal);
}
