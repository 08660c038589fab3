using Almagest.Discovery.Features;
using Almagest.Sky;

namespace Almagest.Discovery.Clustering.Auto;

/// <summary>
/// The stars that have proper motions and, where the recipe has it, a parallax: their places in the space that is searched, in mas/yr (the
/// parallax times its weight), and their directions where the recipe has them. Stars that lack a number are not here.
/// </summary>
internal sealed class MotionStars
{
    private static readonly string[] s_direction = ["dir_x", "dir_y", "dir_z"];

    private MotionStars(int[] rows, double[][] axes, double[][]? direction, FieldFrame? frame, StarErrors? errors, bool looksAround)
    {
        Frame = frame;
        LooksAround = looksAround;
        Rows = rows;
        Axes = axes;
        Direction = direction;
        Errors = errors;
        Least = Array.ConvertAll(axes, a => a.Length == 0 ? 0 : a.Min());
        Most = Array.ConvertAll(axes, a => a.Length == 0 ? 0 : a.Max());
    }

    /// <summary>Rows of the matrix, ascending.</summary>
    public int[] Rows { get; }

    /// <summary>Motions east and north, by the <see cref="Frame"/>, and, where there is one, the weighted parallax; one array an
    /// axis.</summary>
    public double[][] Axes { get; }

    /// <summary>The smallest and the largest value of each axis: what was selected lies between them.</summary>
    public double[] Least { get; }

    /// <inheritdoc cref="Least"/>
    public double[] Most { get; }

    /// <summary>Components of the unit vector; null where the recipe has no positions.</summary>
    public double[][]? Direction { get; }

    /// <summary>East and north of the motions; null = of each star its own.</summary>
    public FieldFrame? Frame { get; }

    /// <summary>Their errors; null where they are not known, or not to be used.</summary>
    public StarErrors? Errors { get; }

    /// <summary>Whether what is around a cluster tells how dense a thin field is.</summary>
    public bool LooksAround { get; }

    public int Count => Rows.Length;

    public int Dimensions => Axes.Length;

    /// <summary>Null where the matrix has no proper motions.</summary>
    /// <param name="features">in their own units; NaN = the star lacks it</param>
    /// <param name="useErrors">whether to look for the errors of the stars</param>
    /// <param name="looksAround"><see cref="LooksAround"/></param>
    /// <param name="turns">whether to carry the motions to the middle of the field, where positions are known</param>
    public static MotionStars? Of(FeatureMatrix features, double parallaxWeight, bool useErrors, bool looksAround, bool turns)
    {
        int pmra = Column(features, "pmra"),
            pmdec = Column(features, "pmdec"),
            parallax = Column(features, "parallax");
        if (pmra < 0 || pmdec < 0)
            return null;
        int[] columns = parallax < 0 ? [pmra, pmdec] : [pmra, pmdec, parallax];
        var rows = Enumerable.Range(0, features.Rows).Where(r => IsComplete(features.Row(r), columns)).ToArray();
        var directions = s_direction.Select(name => Column(features, name)).ToArray();
        double[] weights = [.. columns.Select(c => c == parallax ? parallaxWeight : 1)];
        double[][] axes = [.. columns.Zip(weights, (c, weight) => Take(features, rows, c, weight))];
        double[][]? direction = directions.Contains(-1) ? null : [.. directions.Select(c => Take(features, rows, c, 1))];
        var frame = turns && direction is not null ? FieldFrame.Of(direction) : null;
        var carried = frame?.Turns(direction!);
        for (var i = 0; i < carried?.Length; i++)
            (axes[0][i], axes[1][i]) = carried[i].ToField(axes[0][i], axes[1][i]);
        return new MotionStars(
            rows,
            axes,
            direction,
            frame,
            useErrors ? StarErrors.Of(features, rows, weights, carried) : null,
            looksAround
        );
    }

    /// <summary>A motion as stars in the middle of a group have it: by east and north there.</summary>
    /// <param name="weights">of the group's stars</param>
    public (double Pmra, double Pmdec) MotionAt(double east, double north, int[] group, double[] weights)
    {
        if (Frame is null)
            return (east, north);
        var sum = new SkyVector(0, 0, 0);
        for (var i = 0; i < group.Length; i++)
            sum += new SkyVector(Direction![0][group[i]], Direction[1][group[i]], Direction[2][group[i]]) * weights[i];
        return sum.Norm > 0 ? Frame.Turn(sum * (1 / sum.Norm)).FromField(east, north) : (east, north);
    }

    private static int Column(FeatureMatrix features, string name)
    {
        for (var c = 0; c < features.Columns; c++)
            if (features.Names[c] == name)
                return c;
        return -1;
    }

    private static bool IsComplete(ReadOnlySpan<double> row, int[] columns)
    {
        foreach (var column in columns)
            if (!double.IsFinite(row[column]))
                return false;
        return true;
    }

    private static double[] Take(FeatureMatrix features, int[] rows, int column, double weight)
    {
        var taken = new double[rows.Length];
        for (var i = 0; i < taken.Length; i++)
            taken[i] = weight * features.Values[(long)rows[i] * features.Columns + column];
        return taken;
    }
}
