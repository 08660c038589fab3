using Almagest.Discovery.Features;
using Almagest.Discovery.Statistics;
using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Clustering;

/// <summary>Stars that are gone over again and again in one order, such as the members of a cluster; they may be in files.</summary>
internal sealed class StarGroup
{
    private const int Look = 1 << 12;

    private readonly Sequence<double>[] _columns;

    /// <param name="columns">right ascension, declination, parallax and its error, proper motions</param>
    public StarGroup(params Sequence<double>[] columns) => _columns = columns;

    /// <summary>All stars of a selection, without errors.</summary>
    public static StarGroup All(StarColumns stars)
    {
        // Nobody asks for their errors.
        var none = stars.Of(StarColumn.Parallax);
        return new StarGroup(
            stars.Of(StarColumn.Ra),
            stars.Of(StarColumn.Dec),
            stars.Of(StarColumn.Parallax),
            none,
            stars.Of(StarColumn.Pmra),
            stars.Of(StarColumn.Pmdec)
        );
    }

    public long Count => _columns[0].Count;

    public IEnumerable<GroupStar> Stars()
    {
        var values = _columns.Select(_ => new double[Math.Min(Look, Count)]).ToArray();
        for (long first = 0; first < Count; first += Look)
        {
            var count = (int)Math.Min(Look, Count - first);
            for (var c = 0; c < values.Length; c++)
                _columns[c].CopyTo(first, values[c].AsSpan(0, count));
            for (var i = 0; i < count; i++)
                yield return new GroupStar(values[0][i], values[1][i], values[2][i], values[3][i], values[4][i], values[5][i]);
        }
    }

    /// <summary>Of the stars that have it.</summary>
    public IEnumerable<double> Known(Func<GroupStar, double> value) => Stars().Select(value).Where(double.IsFinite);

    /// <summary>The median over all stars.</summary>
    public double Median(Func<GroupStar, double> value)
    {
        var values = _columns[0].Room.Create<double>(Count);
        var (part, first) = (new double[Math.Min(Look, Count)], 0L);
        var filled = 0;
        foreach (var star in Stars())
        {
            part[filled++] = value(star);
            if (filled < part.Length)
                continue;
            values.Write(first, part);
            (first, filled) = (first + filled, 0);
        }
        values.Write(first, part.AsSpan(0, filled));
        return OrderStatistics.MedianOf(values);
    }
}

/// <summary>What is known of a star of a group; NaN = not known.</summary>
internal readonly record struct GroupStar(
    double RaDeg,
    double DecDeg,
    double ParallaxMas,
    double ParallaxErrorMas,
    double PmraMasYr,
    double PmdecMasYr
);
