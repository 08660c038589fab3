using Almagest.Contract.Errors;

namespace Almagest.Ledger.Annotations;

/// <summary>What users may write beside runs and stars.</summary>
public static class AnnotationText
{
    public const int MostTags = 100;
    private const int LongestTag = 60,
        LongestName = 200,
        LongestNote = 10_000;

    /// <summary>A tag is one word: letters, digits and <c>. _ - : / +</c>.</summary>
    /// <exception cref="LedgerException">it is not</exception>
    public static string Tag(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return
            text.Length is > 0 and <= LongestTag && text.All(c => char.IsLetterOrDigit(c) || "._-:/+".Contains(c, StringComparison.Ordinal))
            ? text
            : throw LedgerException.Invalid(
                "tag",
                $"'{Clip(text)}' is not a tag",
                $"A tag is one word of 1 to {LongestTag} letters, digits and . _ - : / +"
            );
    }

    /// <summary>Who writes; null or blank = not said.</summary>
    public static string? Who(string? name) => Short("by", name);

    /// <summary>A short text such as a kind; null or blank = not said.</summary>
    public static string? Short(string field, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        foreach (var c in text)
            if (!IsPlain(c))
                throw LedgerException.Invalid(
                    field,
                    $"{field} holds the invisible character U+{(int)c:X4}, expected text on one line without any"
                );
        var length = text.EnumerateRunes().Count();
        return length <= LongestName
            ? text.Trim()
            : throw LedgerException.Invalid(
                field,
                $"{field} is '{Clip(text)}', which has {length} characters, expected at most {LongestName}"
            );
    }

    // A name reads as what it is: signs that turn the direction of writing make it look like another one (UAX 9, section 2).
    private static bool IsPlain(char c) =>
        !char.IsControl(c)
        && c
            is not (
                '\u00AD'
                or '\u061C'
                or '\u200B'
                or '\u200E'
                or '\u200F'
                or (>= '\u2028' and <= '\u202E')
                or '\u2060'
                or (>= '\u2066' and <= '\u2069')
                or '\uFEFF'
            );

    /// <summary>A remark or note of any number of lines; null or blank = none.</summary>
    public static string? Long(string field, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return null;
        return text.Length <= LongestNote && !text.Contains('\0')
            ? text.Trim()
            : throw LedgerException.Invalid(
                field,
                $"{field} has {text.Length} characters or holds a null character, expected at most {LongestNote}"
            );
    }

    private static string Clip(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
