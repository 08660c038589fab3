using System.Globalization;
using Almagest.Charts.Drawing;

namespace Almagest.Charts.Selecting;

/// <summary>One way in which stars are pointed out.</summary>
public abstract record SelectionPart
{
    /// <summary>In words, for people.</summary>
    public abstract string Describe();

    /// <summary>A chart by its name.</summary>
    protected static string In(string chart) =>
        chart switch
        {
            "cmd" => "in the colour–magnitude diagram",
            "sky" => "on the sky",
            "motions" => "among the proper motions",
            "parallaxes" => "among the parallaxes",
            _ => $"in {chart}",
        };

    protected static string Write(IEnumerable<double> numbers) =>
        string.Join(',', numbers.Select(n => n.ToString("G6", CultureInfo.InvariantCulture)));
}

/// <summary>All stars in a rectangle of a chart, in the chart's own units.</summary>
public sealed record RectanglePart(string Chart, double Left, double Right, double Bottom, double Top) : SelectionPart
{
    internal bool Holds(double x, double y) => new ChartWindow(Left, Right, Bottom, Top).Contains(x, y);

    public override string ToString() => $"rect:{Chart}:{Write([Left, Right, Bottom, Top])}";

    public override string Describe() => $"a rectangle {In(Chart)}";
}

/// <summary>All stars inside a line that somebody drew.</summary>
/// <param name="Corners">x and y in turn; the last is joined to the first</param>
public sealed record LassoPart(string Chart, IReadOnlyList<double> Corners) : SelectionPart
{
    // Crossed an odd number of times on the way out to the right.
    internal bool Holds(double x, double y)
    {
        var inside = false;
        var n = Corners.Count / 2;
        for (var (i, j) = (0, n - 1); i < n; j = i++)
        {
            var (xi, yi, xj, yj) = (Corners[2 * i], Corners[2 * i + 1], Corners[2 * j], Corners[2 * j + 1]);
            if (yi > y != yj > y && x < (xj - xi) * (y - yi) / (yj - yi) + xi)
                inside = !inside;
        }
        return inside;
    }

    public override string ToString() => $"lasso:{Chart}:{Write(Corners)}";

    public override string Describe() => $"a lasso {In(Chart)}";
}

/// <summary>All stars between two right ascensions and two declinations, ICRS degrees, edges included.</summary>
/// <param name="RaMin">above <paramref name="RaMax"/>: across right ascension 0</param>
internal sealed record BoxPart(double RaMin, double RaMax, double DecMin, double DecMax) : SelectionPart
{
    internal bool Holds(double ra, double dec) =>
        dec >= DecMin && dec <= DecMax && (RaMin <= RaMax ? ra >= RaMin && ra <= RaMax : ra >= RaMin || ra <= RaMax);

    public override string ToString() =>
        "box:" + string.Join(',', new[] { RaMin, RaMax, DecMin, DecMax }.Select(n => n.ToString("R", CultureInfo.InvariantCulture)));

    public override string Describe() =>
        string.Create(CultureInfo.InvariantCulture, $"RA {RaMin}° to {RaMax}°, Dec {DecMin}° to {DecMax}°");
}

/// <summary>Stars by their numbers in the ledger.</summary>
public sealed record StarsPart(IReadOnlyList<long> Ids) : SelectionPart
{
    public override string ToString() => $"stars:{string.Join(',', Ids)}";

    public override string Describe() => Ids.Count == 1 ? "one star" : $"{Ids.Count} stars one by one";
}

/// <summary>The stars whose scores lie below one.</summary>
public sealed record BelowPart(double Score) : SelectionPart
{
    public override string ToString() => $"below:{Score.ToString("R", CultureInfo.InvariantCulture)}";

    public override string Describe() => $"scores below {DisplayText.Fixed(Score, 4)}";
}

/// <summary>The members of a cluster; −1 = the stars in none.</summary>
public sealed record ClusterPart(int Cluster) : SelectionPart
{
    public override string ToString() => $"cluster:{Cluster.ToString(CultureInfo.InvariantCulture)}";

    public override string Describe() => Cluster < 0 ? "stars in no cluster" : $"cluster {Cluster}";
}

/// <summary>Stars that have a label which does not say that they are ordinary and in no cluster.</summary>
public sealed record LabelPart(string Set) : SelectionPart
{
    public override string ToString() => $"label:{Uri.EscapeDataString(Set)}";

    public override string Describe() => $"labels of '{Set}'";
}
