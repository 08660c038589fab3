namespace Almagest.Catalog.Stars;

/// <summary>Some rows of a catalogue whose stars are known to somebody else: where each is and what it is called, and everything of those
/// that are asked for. For going over a catalogue again at little cost.</summary>
public sealed class RowBatch
{
    private readonly Func<int[], StarBatch> _whole;

    internal RowBatch(CatalogBatch rows, StarBatch places, long[]? wholeIds, Func<int[], StarBatch> whole)
    {
        (Places, WholeIds, _whole) = (places, wholeIds, whole);
        (Count, File) = (rows.Count, rows.File);
        FirstRow = rows.Count == 0 ? 0 : rows.LineNumber[0];
    }

    /// <summary>Rows, those that are no stars included.</summary>
    public int Count { get; }

    /// <summary>The number of the first, from 1, among those of all files; the others follow it.</summary>
    public long FirstRow { get; }

    /// <summary>Which of the files of a folder they are of.</summary>
    public int File { get; }

    /// <summary>Positions alone, of the rows that have one; and ids where they are text. A row that is no star for another reason may be
    /// among them.</summary>
    public StarBatch Places { get; }

    /// <summary>Ids by row, from the first, where the catalogue has whole numbers; null where they are with the places.</summary>
    public long[]? WholeIds { get; }

    /// <summary>Everything that some rows say: each must be a star.</summary>
    /// <param name="rows">from the first, ascending</param>
    /// <exception cref="CatalogFormatException">one of them is no star</exception>
    public StarBatch Whole(int[] rows)
    {
        var stars = _whole(rows);
        return stars.Count == rows.Length
            ? stars
            : throw new CatalogFormatException($"row {stars.Rejected[0].LineNumber} is no star: {stars.Rejected[0].Reason}");
    }
}
