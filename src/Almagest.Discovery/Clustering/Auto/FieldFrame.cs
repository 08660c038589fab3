using System.Text.Json.Nodes;
using Almagest.Sky;

namespace Almagest.Discovery.Clustering.Auto;

/// <summary>
/// East and north of the middle of a field, for the motions of all of its stars: each is carried to the middle along a great circle. North
/// of the stars themselves turns from one to the next, around a pole all the way, so that one motion of all would be many.
/// </summary>
internal sealed class FieldFrame
{
    /// <summary>A field is what nearly all of the stars lie in, no farther from their middle than this. Over more of the sky no frame
    /// is better than the stars' own.</summary>
    public const double WidestDeg = 60;

    private const double NearlyAll = 0.99,
        LeastLength = 1e-6;

    private readonly NormalTriad _middle;

    private FieldFrame(NormalTriad middle, double raDeg, double decDeg) => (_middle, RaDeg, DecDeg) = (middle, raDeg, decDeg);

    public double RaDeg { get; }

    public double DecDeg { get; }

    /// <summary>Null where the stars are not of one field.</summary>
    /// <param name="direction">components of their unit vectors, one array a component</param>
    public static FieldFrame? Of(double[][] direction)
    {
        var count = direction[0].Length;
        if (count == 0)
            return null;
        var sum = new SkyVector(direction[0].Sum(), direction[1].Sum(), direction[2].Sum());
        if (!(sum.Norm > LeastLength * count))
            return null;
        var middle = sum * (1 / sum.Norm);
        var least = Math.Cos(WidestDeg * Constants.Degree);
        var within = 0;
        for (var i = 0; i < count; i++)
            if (At(direction, i).Dot(middle) >= least)
                within++;
        if (within < NearlyAll * count)
            return null;
        var (ra, dec) = SkyCoordinates.FromVector(middle);
        return new FieldFrame(NormalTriad.At(ra, dec), ra, dec);
    }

    /// <summary>By how much the motions of each star are turned.</summary>
    public FrameTurn[] Turns(double[][] direction)
    {
        var turns = new FrameTurn[direction[0].Length];
        for (var i = 0; i < turns.Length; i++)
            turns[i] = Turn(At(direction, i));
        return turns;
    }

    /// <summary>East and north of a place.</summary>
    public FrameTurn Turn(SkyVector place)
    {
        var (ra, dec) = SkyCoordinates.FromVector(place);
        var north = MeridianTurn.Carry(NormalTriad.At(ra, dec).North, place, _middle.Outward);
        double sine = north.Dot(_middle.East),
            cosine = north.Dot(_middle.North);
        // Of what rounding has left of a unit vector.
        var length = Math.Sqrt(sine * sine + cosine * cosine);
        return length > 0.5 ? new FrameTurn(cosine / length, sine / length) : new FrameTurn(1, 0);
    }

    /// <summary>For the run's record.</summary>
    public JsonObject ToFacts() => new() { ["ra_deg"] = RaDeg, ["dec_deg"] = DecDeg };

    private static SkyVector At(double[][] direction, int star) => new(direction[0][star], direction[1][star], direction[2][star]);
}

/// <summary>North of a star in the frame of its field: it lies towards east by the sine, towards north by the cosine.</summary>
internal readonly record struct FrameTurn(double Cosine, double Sine)
{
    /// <summary>Of a motion by the star's own directions, the motion by the field's.</summary>
    public (double East, double North) ToField(double pmra, double pmdec) => (Cosine * pmra + Sine * pmdec, Cosine * pmdec - Sine * pmra);

    /// <summary>The way back.</summary>
    public (double Pmra, double Pmdec) FromField(double east, double north) => (Cosine * east - Sine * north, Cosine * north + Sine * east);

    /// <summary>Turns the first two axes of a covariance.</summary>
    /// <param name="covariance">row by row, of two or more axes</param>
    public void Apply(Span<double> covariance, int size)
    {
        for (var d = 0; d < size; d++)
            (covariance[d * size], covariance[d * size + 1]) = ToField(covariance[d * size], covariance[d * size + 1]);
        for (var e = 0; e < size; e++)
            (covariance[e], covariance[size + e]) = ToField(covariance[e], covariance[size + e]);
    }
}
