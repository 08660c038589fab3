using System.Text;

namespace Almagest.Catalog.Writing;

/// <summary>Text for formats that know ASCII alone.</summary>
internal static class PlainText
{
    public static bool IsPrintable(ReadOnlySpan<char> text) => text.IndexOfAnyExceptInRange(' ', '~') < 0;

    /// <summary>Characters beyond ASCII become question marks, one each.</summary>
    public static string Ascii(string text)
    {
        if (System.Text.Ascii.IsValid(text))
            return text;
        var plain = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            plain.Append(rune.IsAscii ? (char)rune.Value : '?');
        return plain.ToString();
    }

    /// <summary>The same, and control characters become blanks.</summary>
    public static string Printable(string text)
    {
        if (IsPrintable(text))
            return text;
        return string.Create(
            Ascii(text).Length,
            Ascii(text),
            (span, plain) =>
            {
                for (var i = 0; i < span.Length; i++)
                    span[i] = plain[i] is < ' ' or > '~' ? ' ' : plain[i];
            }
        );
    }
}
