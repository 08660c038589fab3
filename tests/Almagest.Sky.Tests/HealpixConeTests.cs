using CsCheck;
using Xunit;

namespace Almagest.Sky.Tests;

public sealed class HealpixConeTests
{
    [Fact]
    public void Every_position_of_a_cone_lies_in_its_ranges() =>
        Gen.Select(Gen.Double[0, 360], Gen.Double[-90, 90], Gen.Double[-9, 2.2], Gen.Int[0, 4], Gen.Int[0, 1 << 30])
            .Sample(
                (ra, dec, logRadius, detail, seed) =>
                {
                    var radius = Math.Pow(10, logRadius);
                    var ranges = Healpix.ConeRanges(ra, dec, radius, detail);
                    var random = new Random(seed);
                    for (var i = 0; i < 200; i++)
                    {
                        // Half of the positions hug the rim, where a cover would fail first.
                        var distance = radius * (i % 2 == 0 ? Math.Sqrt(random.NextDouble()) : 1 - 1e-7 * random.NextDouble());
                        var (lon, lat) = Offset(ra, dec, distance, 360 * random.NextDouble());
                        if (SkyCoordinates.SeparationDeg(ra, dec, lon, lat) <= radius)
                            Assert.True(Holds(ranges, lon, lat), $"{lon}, {lat}");
                    }
                },
                iter: 2000
            );

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(359.99, 89.5)]
    [InlineData(56.75, 24.12)]
    [InlineData(180.0, -90.0)]
    public void Ranges_ascend_apart_and_hold_few_positions_outside(double ra, double dec)
    {
        const double Radius = 2;
        var ranges = Healpix.ConeRanges(ra, dec, Radius, detail: 4);
        Assert.InRange(ranges.Count, 1, 400);
        for (var i = 0; i < ranges.Count; i++)
        {
            Assert.True(ranges[i].Low <= ranges[i].High);
            if (i > 0)
                Assert.True(ranges[i - 1].High + 1 < ranges[i].Low);
        }

        var covered = ranges.Sum(r => (double)(r.High - r.Low + 1)) / Healpix.CellCount(29);
        var cone = (1 - Math.Cos(Radius * Math.PI / 180)) / 2;
        Assert.InRange(covered / cone, 1, 1.25);
    }

    [Fact]
    public void The_largest_cone_is_the_whole_sky() => Assert.Equal([(0L, Healpix.CellCount(29) - 1)], Healpix.ConeRanges(10, 20, 180));

    [Fact]
    public void A_cone_of_no_radius_holds_its_centre() =>
        Gen.Select(Gen.Double[0, 360], Gen.Double[-90, 90]).Sample((ra, dec) => Holds(Healpix.ConeRanges(ra, dec, 0), ra, dec));

    [Fact]
    public void The_cell_radius_reaches_every_corner()
    {
        // Corners of a cell are approached by the cells in its corners far below.
        for (var order = 0; order <= 4; order++)
        {
            for (long cell = 0; cell < Healpix.CellCount(order); cell++)
            {
                var (ra, dec) = Healpix.PixToAng(order, cell);
                var shift = 2 * (20 - order);
                foreach (
                    var corner in (long[])
                        [0, 0x5555555555555555 & ((1L << shift) - 1), 0x2AAAAAAAAAAAAAAA & ((1L << shift) - 1), (1L << shift) - 1]
                )
                {
                    var (cornerRa, cornerDec) = Healpix.PixToAng(20, (cell << shift) + corner);
                    Assert.InRange(
                        SkyCoordinates.SeparationDeg(ra, dec, cornerRa, cornerDec) * Math.PI / 180,
                        0,
                        Healpix.MaxCellRadius(order)
                    );
                }
            }
        }
    }

    [Theory]
    [InlineData(0, 0, -1)]
    [InlineData(0, 0, 181)]
    [InlineData(0, 91, 1)]
    [InlineData(0, 0, double.NaN)]
    public void A_cone_that_does_not_exist_is_refused(double ra, double dec, double radius) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Healpix.ConeRanges(ra, dec, radius));

    private static bool Holds(IReadOnlyList<(long Low, long High)> ranges, double ra, double dec)
    {
        var cell = Healpix.AngToPix(29, ra, dec);
        return ranges.Any(r => r.Low <= cell && cell <= r.High);
    }

    /// <summary>The position at an angle from another, in a direction, all in degrees.</summary>
    private static (double Ra, double Dec) Offset(double ra, double dec, double distance, double direction)
    {
        var centre = SkyCoordinates.ToUnitVector(ra, dec);
        var east = SkyCoordinates.ToUnitVector(ra + 90, 0);
        var north = SkyCoordinates.ToUnitVector(ra, dec + 90);
        var (sinD, cosD) = Math.SinCos(direction * Math.PI / 180);
        var (sin, cos) = Math.SinCos(distance * Math.PI / 180);
        return SkyCoordinates.FromVector(centre * cos + (east * sinD + north * cosD) * sin);
    }
}
