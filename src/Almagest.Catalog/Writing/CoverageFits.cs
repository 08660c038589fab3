namespace Almagest.Catalog.Writing;

/// <summary>Writes a coverage of the sky as FITS: MOC 2.0 in the space dimension, a binary table of NUNIQ numbers (section 4.3.1), which
/// readers of MOC 1.1 understand, too.</summary>
public static class CoverageFits
{
    private const int PieceCells = 8192;

    /// <param name="order">the finest order, 0 … 29</param>
    /// <param name="nuniq">NUNIQ numbers, ascending</param>
    /// <param name="name">what it covers</param>
    public static async Task WriteAsync(
        Stream stream,
        int order,
        IReadOnlyList<long> nuniq,
        string name,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(nuniq);
        var sum = new FitsSum();
        foreach (var piece in Pieces(nuniq))
            sum.Add(piece.Written);
        await stream.WriteAsync(
            new FitsCards()
                .Logical("SIMPLE", true, "FITS standard 4.0")
                .Integer("BITPIX", 8, "no data here")
                .Integer("NAXIS", 0, "no data here")
                .Logical("EXTEND", true, "a table follows")
                .Close(0),
            cancellationToken
        );
        await stream.WriteAsync(
            new FitsCards()
                .Text("XTENSION", "BINTABLE", "a binary table")
                .Integer("BITPIX", 8, "bytes")
                .Integer("NAXIS", 2, "rows of bytes")
                .Integer("NAXIS1", 8, "bytes of a row")
                .Integer("NAXIS2", nuniq.Count, "cells")
                .Integer("PCOUNT", 0, "no heap")
                .Integer("GCOUNT", 1, "one group")
                .Integer("TFIELDS", 1, "columns")
                .Text("TFORM1", "1K")
                .Text("TTYPE1", "UNIQ", "4 * 4^order + cell")
                .Text("PIXTYPE", "HEALPIX", "cells of equal area")
                .Text("ORDERING", "NUNIQ", "cells of several orders")
                .Text("COORDSYS", "C", "ICRS")
                .Text("MOCVERS", "2.0", "version of the MOC standard")
                .Text("MOCDIM", "SPACE", "coverage of the sky")
                .Integer("MOCORD_S", order, "finest order")
                .Integer("MOCORDER", order, "the same for readers of MOC 1.1")
                .Text("MOCTOOL", "Almagest", "made by")
                .Text("MOCID", name)
                .Text("EXTNAME", "MOC")
                .Close(sum.Value),
            cancellationToken
        );
        foreach (var piece in Pieces(nuniq))
            await piece.DrainAsync(stream, cancellationToken);
        var rest = nuniq.Count * 8L % FitsCards.Block;
        if (rest > 0)
            await stream.WriteAsync(new byte[FitsCards.Block - rest], cancellationToken);
    }

    private static IEnumerable<ByteSink> Pieces(IReadOnlyList<long> numbers)
    {
        var sink = new ByteSink();
        for (var i = 0; i < numbers.Count; i++)
        {
            sink.AddInt64(numbers[i]);
            if ((i + 1) % PieceCells != 0)
                continue;
            yield return sink;
            sink.Clear();
        }
        if (sink.Length > 0)
            yield return sink;
    }
}
