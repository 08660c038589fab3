namespace Almagest.Sky;

/// <content>The cells of a cone, as ranges that a database index on the order-29 cell can answer.</content>
public static partial class Healpix
{
    /// <summary>
    /// Ranges of nested order-29 cells, ascending, apart from each other and inclusive at both ends, which together hold
    /// every position of the cone, and some around it: the caller still tests the angle.
    /// </summary>
    /// <param name="raDeg">centre, degrees</param>
    /// <param name="decDeg">centre, degrees in [-90, 90]</param>
    /// <param name="radiusDeg">radius, degrees in [0, 180]</param>
    /// <param name="detail">
    /// how many orders below the first cells smaller than the cone the border is followed: each one halves the surplus
    /// around the rim and doubles the ranges; 2 gives some tens of ranges
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">an argument is out of range or not finite</exception>
    public static IReadOnlyList<(long Low, long High)> ConeRanges(double raDeg, double decDeg, double radiusDeg, int detail = 2)
    {
        CheckPosition(raDeg, decDeg);
        if (!(radiusDeg is >= 0 and <= 180))
            throw new ArgumentOutOfRangeException(nameof(radiusDeg), radiusDeg, "a cone's radius lies between 0 and 180 degrees");
        ArgumentOutOfRangeException.ThrowIfNegative(detail);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(detail, 10);

        var cone = new ConeCover(raDeg, decDeg, radiusDeg, detail);
        for (long face = 0; face < 12; face++)
            cone.Visit(0, face);
        return cone.Ranges;
    }

    private sealed class ConeCover
    {
        // Rounding of an angle between double positions: far below a finest cell (2e-9 rad), far above the error.
        private const double Slack = 1e-11;

        private readonly double _ra,
            _dec,
            _radius;
        private readonly int _deepest;
        private readonly double[] _cellRadius = new double[MaxOrder + 1];

        public ConeCover(double raDeg, double decDeg, double radiusDeg, int detail)
        {
            (_ra, _dec, _radius) = (raDeg, decDeg, radiusDeg * Constants.Degree);
            for (var order = 0; order <= MaxOrder; order++)
                _cellRadius[order] = MaxCellRadius(order);
            var fitting = 0;
            while (fitting < MaxOrder && _cellRadius[fitting] > _radius)
                fitting++;
            _deepest = Math.Min(MaxOrder, fitting + detail);
        }

        public List<(long Low, long High)> Ranges { get; } = [];

        public void Visit(int order, long cell)
        {
            var (ra, dec) = PixToAng(order, cell);
            var distance = SkyCoordinates.SeparationDeg(_ra, _dec, ra, dec) * Constants.Degree;
            var reach = _cellRadius[order] + Slack;
            if (distance > _radius + reach)
                return;
            if (order == _deepest || distance + reach <= _radius)
            {
                Add(Descendants(order, cell, MaxOrder));
                return;
            }

            for (var child = 4 * cell; child < 4 * cell + 4; child++)
                Visit(order + 1, child);
        }

        private void Add((long First, long Last) range)
        {
            if (Ranges.Count > 0 && Ranges[^1].High + 1 == range.First)
                Ranges[^1] = (Ranges[^1].Low, range.Last);
            else
                Ranges.Add(range);
        }
    }
}
