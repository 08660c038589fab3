using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Almagest.Catalog.Writing;

/// <summary>
/// A table whose texts no spreadsheet takes for formulas (https://owasp.org/www-community/attacks/CSV_Injection): a
/// character that begins a formula at the beginning of a text gets an apostrophe before it, unless the text is a number. What people write
/// into names, notes and columns of catalogues is opened by others in their spreadsheet, with their rights.
/// </summary>
internal static class HarmlessTable
{
    // The wide ones are those of East Asian keyboards, which some programs read as the narrow ones.
    private const string Begins = "=+-@\uFF1D\uFF0B\uFF0D\uFF20";

    private static readonly SearchValues<char> s_begins = SearchValues.Create(Begins);

    /// <returns>one whose rows are those of the first, read once</returns>
    public static ExportTable Of(ExportTable table) =>
        table with
        {
            Columns = [.. table.Columns.Select(c => c with { Name = Harmless(c.Name) })],
            Batches = BatchesAsync(table),
        };

    /// <summary>The text itself where it is a number, or holds nothing that begins a formula.</summary>
    public static string Harmless(string text)
    {
        if (text.AsSpan().IndexOfAny(s_begins) < 0 || IsNumber(text))
            return text;
        var harmless = new StringBuilder(text.Length + 1);
        // Also what begins a cell to a program that trims, or that splits at another character than the comma.
        var begins = true;
        foreach (var c in text)
        {
            if (begins && s_begins.Contains(c))
                harmless.Append('\'');
            harmless.Append(c);
            begins = c is ';' or '\t' or '\r' or '\n' || begins && (char.IsWhiteSpace(c) || char.IsControl(c) || c is '"' or '\uFEFF');
        }
        return harmless.ToString();
    }

    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static async IAsyncEnumerable<IReadOnlyList<object?[]>> BatchesAsync(
        ExportTable table,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        await foreach (var batch in table.Batches.WithCancellation(cancellationToken))
            yield return [.. batch.Select(row => Array.ConvertAll(row, v => v is string text ? Harmless(text) : v))];
    }
}
