using Almagest.Sky;

namespace Almagest.Catalog.Writing.Hats;

/// <summary>A HEALPix cell whose rows are one file of a HATS catalogue.</summary>
public readonly record struct HatsPixel(int Order, long Pixel, long Rows)
{
    /// <summary>The first and the last cell of order 29 in it.</summary>
    public (long First, long Last) Places => Healpix.Descendants(Order, Pixel, Healpix.MaxOrder);

    /// <summary>Its file, from the folder of the catalogue.</summary>
    internal string Path =>
        System.IO.Path.Combine(
            "dataset",
            FormattableString.Invariant($"Norder={Order}"),
            FormattableString.Invariant($"Dir={Pixel / 10_000 * 10_000}"),
            FormattableString.Invariant($"Npix={Pixel}.parquet")
        );
}

/// <summary>
/// Divides rows over the sky as HATS does: each goes into the largest cell that holds no more rows than are allowed. The cells cover every
/// row and none overlaps another. Only rows that share a cell of order 29, of 0.4 mas, can be more in one.
/// </summary>
/// <param name="mostRows">of one cell</param>
public sealed class HatsPartition(int mostRows)
{
    private readonly List<HatsPixel> _pixels = [];
    private readonly Queue<long> _waiting = [];

    // No cell begins before it: what is there is in another already.
    private long _free;
    private long _last;

    /// <summary>Takes the next row.</summary>
    /// <param name="place">its cell of order 29; not below that of the row before</param>
    public void Add(long place)
    {
        if (place < _last)
            throw new InvalidOperationException($"cell {place} comes behind {_last}: rows come in order of their place");
        _last = place;
        _waiting.Enqueue(place);
        // One more than fits: whether a cell that begins at the first of them is too large is known.
        if (_waiting.Count > mostRows)
            Take();
    }

    /// <summary>The cells, in order of their place on the sky.</summary>
    public IReadOnlyList<HatsPixel> Finish()
    {
        while (_waiting.Count > 0)
            Take();
        return _pixels;
    }

    private void Take()
    {
        var first = _waiting.Peek();
        // Rows of one place that are more than fit go on in its cell.
        if (first < _free)
        {
            _pixels[^1] = _pixels[^1] with { Rows = _pixels[^1].Rows + TakeTo(_free - 1) };
            return;
        }
        var order = 0;
        while (order < Healpix.MaxOrder && !Fits(order, first))
            order++;
        var pixel = new HatsPixel(order, first >> (2 * (Healpix.MaxOrder - order)), 0);
        var end = pixel.Places.Last;
        _pixels.Add(pixel with { Rows = TakeTo(end) });
        _free = end + 1;
    }

    private long TakeTo(long end)
    {
        long rows = 0;
        for (; _waiting.TryPeek(out var place) && place <= end; rows++)
            _waiting.Dequeue();
        return rows;
    }

    private bool Fits(int order, long first)
    {
        var (begin, end) = Healpix.Descendants(order, first >> (2 * (Healpix.MaxOrder - order)), Healpix.MaxOrder);
        return begin >= _free && (_waiting.Count <= mostRows || _last > end);
    }
}
