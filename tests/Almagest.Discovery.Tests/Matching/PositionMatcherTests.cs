using Almagest.Discovery.Matching;
using Almagest.Sky;
using CsCheck;
using Xunit;

namespace Almagest.Discovery.Tests.Matching;

public sealed class PositionMatcherTests
{
    /// <summary>Positions where matching is hard: a clump, the seam of right ascension, the poles.</summary>
    private static readonly Gen<(double Ra, double Dec)> s_place = Gen.OneOf(
        Gen.Select(Gen.Double[10, 10.02], Gen.Double[5, 5.02]),
        Gen.Select(Gen.Double[-0.01, 0.01], Gen.Double[-0.01, 0.01]).Select(p => (SkyCoordinates.NormaliseDegrees(p.Item1), p.Item2)),
        Gen.Select(Gen.Double[0, 359.999], Gen.Double[89.99, 90]),
        Gen.Select(Gen.Double[0, 359.999], Gen.Double[-90, -89.99]),
        Gen.Select(Gen.Double[0, 359.999], Gen.Double[-90, 90])
    );

    private static readonly double[] s_radii = [0.0003, 0.005, 0.3, 9.9];

    private static SkyPositions Of(IReadOnlyList<(double Ra, double Dec)> places) =>
        new([.. places.Select(p => p.Ra)], [.. places.Select(p => p.Dec)]);

    /// <summary>Every star with every star, by the same angle: many of these places are equally far from each other.</summary>
    private static List<PositionPair> Plain(SkyPositions a, SkyPositions b, double radius, MatchFind find)
    {
        var all = new List<(PositionPair Pair, double Square)>();
        for (var i = 0; i < a.Count; i++)
        {
            for (var j = 0; j < b.Count; j++)
            {
                var apart = SkyCoordinates.ToUnitVector(b.RaDeg[j], b.DecDeg[j]) - SkyCoordinates.ToUnitVector(a.RaDeg[i], a.DecDeg[i]);
                var square = apart.X * apart.X + apart.Y * apart.Y + apart.Z * apart.Z;
                var angle = 2 * Math.Asin(Math.Min(1, Math.Sqrt(square) / 2)) * (180 / Math.PI);
                // The arc sine of nearly 1 has half the digits.
                Assert.Equal(
                    SkyCoordinates.SeparationDeg(a.RaDeg[i], a.DecDeg[i], b.RaDeg[j], b.DecDeg[j]),
                    angle,
                    angle > 179 ? 1e-5 : 1e-7
                );
                if (angle <= radius)
                    all.Add((new PositionPair(i, j, angle), square));
            }
        }
        var nearest1 = all.GroupBy(p => p.Pair.First)
            .Select(g => g.OrderBy(p => p.Square).ThenBy(p => p.Pair.Second).First().Pair)
            .ToList();
        var nearest2 = all.GroupBy(p => p.Pair.Second)
            .Select(g => g.OrderBy(p => p.Square).ThenBy(p => p.Pair.First).First().Pair)
            .ToList();
        var kept = find switch
        {
            MatchFind.Best1 => nearest1,
            MatchFind.Best2 => nearest2,
            MatchFind.All => all.ConvertAll(p => p.Pair),
            _ => nearest1.Intersect(nearest2).ToList(),
        };
        return [.. kept.OrderBy(p => p.First).ThenBy(p => p.SeparationDeg).ThenBy(p => p.Second)];
    }

    [Theory]
    [InlineData(MatchFind.Best)]
    [InlineData(MatchFind.Best1)]
    [InlineData(MatchFind.Best2)]
    [InlineData(MatchFind.All)]
    public void Pairs_are_those_that_comparing_every_star_with_every_star_finds(MatchFind find) =>
        Gen.Select(s_place.Array[0, 60], s_place.Array[0, 60], Gen.Int[0, s_radii.Length - 1].Select(i => s_radii[i]))
            .Sample(
                (first, second, radius) =>
                {
                    var (a, b) = (Of(first), Of(second));
                    var expected = Plain(a, b, radius, find);
                    var found = PositionMatcher.Match(
                        a,
                        b,
                        radius,
                        find,
                        threads: 2,
                        cancellationToken: TestContext.Current.CancellationToken
                    );
                    Assert.Equal(expected.Select(p => (p.First, p.Second)), found.Select(p => (p.First, p.Second)));
                    Assert.All(expected.Zip(found), p => Assert.Equal(p.First.SeparationDeg, p.Second.SeparationDeg, 1e-12));
                },
                iter: 150
            );

    [Fact]
    public void A_symmetric_match_is_the_same_whichever_table_comes_first() =>
        Gen.Select(s_place.Array[0, 50], s_place.Array[0, 50])
            .Sample(
                (first, second) =>
                {
                    var there = PositionMatcher
                        .Match(Of(first), Of(second), 0.01, cancellationToken: TestContext.Current.CancellationToken)
                        .Select(p => (p.First, p.Second));
                    var back = PositionMatcher
                        .Match(Of(second), Of(first), 0.01, cancellationToken: TestContext.Current.CancellationToken)
                        .Select(p => (p.Second, p.First));
                    Assert.Equal(there.Order(), back.Order());
                },
                iter: 100
            );

    [Fact]
    public void The_number_of_threads_changes_nothing()
    {
        var places = Enumerable
            .Range(0, 20_000)
            .Select(i => (i * 137.508 % 360, Math.Asin((2.0 * i + 1) / 20_000 - 1) * 180 / Math.PI))
            .ToList();
        var moved = places.Select(p => ((p.Item1 + 0.0001) % 360, p.Item2)).Reverse().ToList();
        var one = PositionMatcher.Match(
            Of(places),
            Of(moved),
            1.0 / 3600,
            threads: 1,
            cancellationToken: TestContext.Current.CancellationToken
        );
        Assert.Equal(
            one,
            PositionMatcher.Match(Of(places), Of(moved), 1.0 / 3600, threads: 4, cancellationToken: TestContext.Current.CancellationToken)
        );
        Assert.Equal(20_000, one.Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(10.1)]
    public void A_radius_that_makes_no_sense_is_refused(double radius) =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            PositionMatcher.Match(Of([(1, 1)]), Of([(1, 1)]), radius, cancellationToken: TestContext.Current.CancellationToken)
        );

    [Theory]
    [InlineData(360, 0)]
    [InlineData(0, 90.1)]
    [InlineData(double.NaN, 0)]
    public void A_position_that_is_none_is_refused(double ra, double dec) =>
        Assert.Throws<ArgumentException>(() =>
            PositionMatcher.Match(Of([(1, 1)]), Of([(ra, dec)]), 1, cancellationToken: TestContext.Current.CancellationToken)
        );
}
