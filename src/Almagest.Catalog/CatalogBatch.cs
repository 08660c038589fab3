namespace Almagest.Catalog;

/// <summary>
/// Some consecutive rows of a table, column by column. A batch is its own: it stays valid after the next one is read.
/// The arrays of its vectors may be longer than <see cref="Count"/>.
/// </summary>
public sealed class CatalogBatch
{
    /// <summary>Number of well-formed rows here.</summary>
    public required int Count { get; init; }

    /// <summary>One vector per column of <see cref="ICatalogReader.Columns"/>, in that order.</summary>
    public required IReadOnlyList<CatalogVector> Columns { get; init; }

    /// <summary>Where each row starts: the physical line of a text file (from 1), the row number (from 1) of a binary one.</summary>
    public required long[] LineNumber { get; init; }

    /// <summary>Rows that have no place among the columns: too few or too many fields.</summary>
    public required IReadOnlyList<RejectedRow> Rejected { get; init; }

    /// <summary>Of a folder: which of its files the rows are of, from 0.</summary>
    public int File { get; init; }

    /// <summary>Only some of the rows, in their order.</summary>
    /// <param name="rows">ascending</param>
    internal CatalogBatch Take(int[] rows) =>
        new()
        {
            Count = rows.Length,
            Columns = [.. Columns.Select(c => CatalogVectors.Take(c, rows))],
            LineNumber = Array.ConvertAll(rows, i => LineNumber[i]),
            Rejected = [],
            File = File,
        };
}

/// <summary>A row that was left out, and why.</summary>
/// <param name="LineNumber">the physical line on which the row starts (from 1); the row number in a binary file</param>
/// <param name="Field">the star field or column at fault, empty where the whole row is</param>
/// <param name="Reason">what was expected and what was found</param>
/// <param name="Text">the offending text, clipped to 80 characters</param>
public sealed record RejectedRow(long LineNumber, string Field, string Reason, string Text)
{
    internal const int ClipLength = 80;

    internal static string Clip(string text)
    {
        if (text.Length <= ClipLength)
            return text;
        // Do not cut a surrogate pair in two.
        var cut = char.IsHighSurrogate(text[ClipLength - 2]) ? ClipLength - 2 : ClipLength - 1;
        return text[..cut] + "…";
    }
}
