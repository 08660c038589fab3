using System.Globalization;
using System.Text;

namespace Almagest.Catalog.TextInput;

/// <summary>
/// Text in formats that know printable ASCII alone: any other UTF-16 unit becomes <c>\uXXXX</c>, as in JSON. A <c>\u</c> that stands in
/// the text itself becomes <c>\u005cu</c>, so that no two texts become one and each can be restored.
/// </summary>
internal static class TextEscapes
{
    private const int Length = 6;

    /// <returns>the same object where nothing has to be escaped</returns>
    public static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 && !text.Contains("\\u", StringComparison.Ordinal))
            return text;
        var plain = new StringBuilder(text.Length + 2 * Length);
        for (var i = 0; i < text.Length; i++)
            if (text[i] is >= ' ' and <= '~' && !(text[i] == '\\' && i + 1 < text.Length && text[i + 1] == 'u'))
                plain.Append(text[i]);
            else
                plain.Append(CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
        return plain.ToString();
    }

    public static string Restore(string text)
    {
        if (!text.Contains("\\u", StringComparison.Ordinal))
            return text;
        var whole = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
            if (
                text[i] == '\\'
                && i + Length <= text.Length
                && text[i + 1] == 'u'
                && ushort.TryParse(text.AsSpan(i + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit)
            )
            {
                whole.Append((char)unit);
                i += Length - 1;
            }
            else
                whole.Append(text[i]);
        // No text of the ledger holds NUL.
        return whole.Replace('\0', '\uFFFD').ToString();
    }
}
