using CsCheck;
using Xunit;

namespace Almagest.Sky.Tests;

public sealed class SkyCoverageTests
{
    [Fact]
    public void Four_cells_of_one_parent_are_written_as_the_parent()
    {
        var coverage = SkyCoverage.Of(4, [0, 0, 1, 2, 3, 4, 17, 20, 21, 22, 23]);
        Assert.Equal([(3, 0L), (3, 5L), (4, 4L), (4, 17L)], coverage.Cells);
        Assert.Equal("3/0,5 4/4,17", coverage.ToAscii());
        Assert.Equal("""{"3": [0, 5], "4": [4, 17]}""", coverage.ToJson());
        Assert.Equal(10.0 / Healpix.CellCount(4), coverage.Fraction, 1e-15);
    }

    [Fact]
    public void The_whole_sky_is_twelve_cells_and_says_how_fine_it_could_be()
    {
        var sky = SkyCoverage.Of(3, Enumerable.Range(0, 768).Select(i => (long)i));
        Assert.Equal("0/0-11 3/", sky.ToAscii());
        Assert.Equal("""{"0": [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], "3": []}""", sky.ToJson());
        Assert.Equal(1, sky.Fraction, 1e-15);
        Assert.Equal("5/", SkyCoverage.Of(5, []).ToAscii());
        Assert.Equal("""{"5": []}""", SkyCoverage.Of(5, []).ToJson());
    }

    [Fact]
    public void Nuniq_numbers_ascend_with_the_cells()
    {
        var coverage = SkyCoverage.Of(6, Enumerable.Range(0, 5000).Select(i => i * 7L));
        var numbers = coverage.Cells.Select(c => SkyCoverage.Nuniq(c.Order, c.Cell)).ToList();
        Assert.Equal(numbers.Order(), numbers);
        Assert.Equal(numbers.Count, numbers.Distinct().Count());
        Assert.Equal((4L, 16L), (SkyCoverage.Nuniq(0, 0), SkyCoverage.Nuniq(1, 0)));
    }

    [Fact]
    public void Exactly_the_given_cells_are_covered() =>
        Gen.Select(Gen.Int[0, 5], Gen.Long[0, 767].Array[0, 400])
            .Sample(
                (order, numbers) =>
                {
                    var cells = numbers.Where(n => n < Healpix.CellCount(order)).Order().ToList();
                    var coverage = SkyCoverage.Of(order, cells);
                    var held = coverage
                        .Cells.SelectMany(c =>
                            Enumerable.Range(0, 1 << (2 * (order - c.Order))).Select(i => (c.Cell << (2 * (order - c.Order))) + i)
                        )
                        .Order();
                    Assert.Equal(cells.Distinct(), held);
                    for (long cell = 0; cell < Healpix.CellCount(Math.Min(order, 3)); cell += 5)
                    {
                        if (order > 3)
                            break;
                        var (ra, dec) = Healpix.PixToAng(order, cell);
                        Assert.Equal(cells.Contains(cell), coverage.Contains(ra, dec));
                    }
                },
                iter: 200
            );

    [Fact]
    public void Cells_that_do_not_exist_or_are_out_of_order_are_refused()
    {
        Assert.Throws<ArgumentException>(() => SkyCoverage.Of(0, [12]));
        Assert.Throws<ArgumentException>(() => SkyCoverage.Of(3, [5, 4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => SkyCoverage.Of(30, []));
    }
}
