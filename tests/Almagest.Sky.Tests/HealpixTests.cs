using System.Globalization;
using CsCheck;
using Xunit;

namespace Almagest.Sky.Tests;

public sealed class HealpixTests
{
    private static readonly Gen<(double Ra, double Dec)> s_position = Gen.Select(
        Gen.Double[0, 360],
        Gen.Double[-1, 1],
        (ra, z) => (ra, Math.Asin(z) * 180 / Math.PI)
    );

    [Fact]
    public void Cells_and_centres_are_those_of_astropy_healpix()
    {
        var rows = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Expected", "healpix-nested.csv"))
            .Skip(1)
            .Select(line => line.Split(','))
            .ToList();
        Assert.True(rows.Count > 700, $"the fixture has {rows.Count} rows");
        foreach (var row in rows)
        {
            var order = int.Parse(row[0], CultureInfo.InvariantCulture);
            var cell = long.Parse(row[3], CultureInfo.InvariantCulture);
            Assert.True(Healpix.AngToPix(order, Number(row[1]), Number(row[2])) == cell, string.Join(',', row));
            var (ra, dec) = Healpix.PixToAng(order, cell);
            Assert.True(
                SkyCoordinates.SeparationDeg(ra, dec, Number(row[4]), Number(row[5])) < 1e-12,
                string.Join(',', row) + $" centre {ra}, {dec}"
            );
        }

        static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void The_centre_of_every_cell_lies_in_it_down_to_order_5()
    {
        for (var order = 0; order <= 5; order++)
        {
            for (long cell = 0; cell < Healpix.CellCount(order); cell++)
            {
                var (ra, dec) = Healpix.PixToAng(order, cell);
                Assert.InRange(ra, 0, 360 - 1e-9);
                Assert.Equal(cell, Healpix.AngToPix(order, ra, dec));
            }
        }
    }

    [Fact]
    public void The_centre_of_a_random_cell_of_any_order_lies_in_it() =>
        Gen.Select(Gen.Int[0, 29], Gen.Long[0, long.MaxValue])
            .Sample(
                (order, random) =>
                {
                    var cell = random % Healpix.CellCount(order);
                    var (ra, dec) = Healpix.PixToAng(order, cell);
                    return Healpix.AngToPix(order, ra, dec) == cell;
                }
            );

    [Fact]
    public void A_cell_is_the_parent_of_the_finer_cell_at_the_same_place() =>
        Gen.Select(s_position, Gen.Int[1, 29])
            .Sample((at, order) => Healpix.Parent(Healpix.AngToPix(order, at.Ra, at.Dec)) == Healpix.AngToPix(order - 1, at.Ra, at.Dec));

    [Fact]
    public void Descendants_are_the_cells_whose_ancestor_it_is()
    {
        var (first, last) = Healpix.Descendants(3, 77, 5);
        Assert.Equal(77L * 16, first);
        Assert.Equal(77L * 16 + 15, last);
        Assert.Equal(77, Healpix.Parent(last, 2));
        Assert.Equal((Healpix.CellCount(29) - (1L << 58), Healpix.CellCount(29) - 1), Healpix.Descendants(0, 11, 29));
    }

    [Fact]
    public void Cells_have_equal_areas()
    {
        const int Count = 200_000;
        var random = new Random(5);
        var perCell = new int[12];
        for (var i = 0; i < Count; i++)
            perCell[Healpix.AngToPix(0, 360 * random.NextDouble(), Math.Asin(2 * random.NextDouble() - 1) * 180 / Math.PI)]++;
        Assert.All(perCell, n => Assert.InRange(n, Count / 12 - 700, Count / 12 + 700)); // 5 sigma = 620
    }

    [Theory]
    [InlineData(0, 360)]
    [InlineData(0, -360)]
    [InlineData(350, -10)]
    [InlineData(45, 765)]
    public void Right_ascension_wraps(double ra, double same) =>
        Assert.Equal(Healpix.AngToPix(29, ra, 12.5), Healpix.AngToPix(29, same, 12.5));

    [Theory]
    [InlineData(-1, 0.0, 0.0)]
    [InlineData(30, 0.0, 0.0)]
    [InlineData(6, double.NaN, 0.0)]
    [InlineData(6, double.PositiveInfinity, 0.0)]
    [InlineData(6, 10.0, 90.0001)]
    [InlineData(6, 10.0, double.NaN)]
    public void A_place_that_does_not_exist_is_refused(int order, double ra, double dec) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Healpix.AngToPix(order, ra, dec));

    [Fact]
    public void A_cell_that_does_not_exist_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Healpix.PixToAng(0, 12));
        Assert.Throws<ArgumentOutOfRangeException>(() => Healpix.PixToAng(3, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Healpix.Descendants(5, 0, 4));
    }
}
