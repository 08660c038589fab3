using System.Globalization;
using System.Text;
using Almagest.Contract.Errors;

namespace Almagest.Ledger.Datasets;

/// <summary>
/// What a dataset may be called. A name stands in addresses, file names, tables of a terminal and of the virtual observatory: it is not a
/// path, and reads as what it is.
/// </summary>
public static class DatasetName
{
    /// <summary>Most characters.</summary>
    public const int MostCharacters = 100;

    /// <summary>Returns the name if it is one.</summary>
    /// <exception cref="LedgerException">it is not; the message says why</exception>
    public static string Require(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var why =
            name.Length == 0 ? "is empty"
            : name.Length > MostCharacters ? string.Create(CultureInfo.InvariantCulture, $"has more than {MostCharacters} characters")
            : char.IsWhiteSpace(name[0]) || char.IsWhiteSpace(name[^1]) ? "begins or ends with a blank"
            : name.Contains("..", StringComparison.Ordinal) ? "holds two dots in a row"
            : long.TryParse(name, out _) ? "is a mere number, which would be a dataset's id"
            : Runes(name).FirstOrDefault(r => !IsAllowed(r)) is { Value: not 0 } bad ? $"holds {Described(bad)}"
            : name.Contains('\0') ? $"holds {Described(new Rune('\0'))}"
            : null;
        return why is null
            ? name
            : throw LedgerException.Invalid(
                "dataset",
                $"'{Shown(name)}' is not a name for a dataset: it {why}",
                $"A name has 1 to {MostCharacters} characters, none of them a slash, a backslash or an invisible one, and is not a mere "
                    + "number."
            );
    }

    /// <summary>The name of a file or folder without its endings, as a dataset's: gaia-100pc.csv.gz is gaia-100pc.</summary>
    public static string OfFile(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        var dot = name.IndexOf('.', Math.Min(1, name.Length));
        name = string.Concat(Runes(dot > 0 ? name[..dot] : name).Select(r => IsAllowed(r) ? r.ToString() : "_")).Trim();
        if (name.Length > MostCharacters)
            name = name[..(char.IsHighSurrogate(name[MostCharacters - 1]) ? MostCharacters - 1 : MostCharacters)].TrimEnd();
        return name.Length == 0 ? "catalogue"
            : long.TryParse(name, out _) ? $"catalogue {name}"
            : name;
    }

    // Half of a pair becomes the replacement character, which is not allowed either.
    private static StringRuneEnumerator Runes(string text) => text.EnumerateRunes();

    private static bool IsAllowed(Rune rune) =>
        rune.Value is not ('/' or '\\' or 0xFFFD)
        && Rune.GetUnicodeCategory(rune)
            is not (
                UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.Surrogate
            );

    private static string Described(Rune rune) =>
        rune.Value is '/' or '\\' ? $"'{rune}'" : string.Create(CultureInfo.InvariantCulture, $"the character U+{rune.Value:X4}");

    private static string Shown(string name) =>
        string.Concat(
            Runes(name.Length > 60 ? name[..59] + "…" : name).Select(r => IsAllowed(r) || r.Value is '/' or '\\' ? r.ToString() : "\uFFFD")
        );
}
