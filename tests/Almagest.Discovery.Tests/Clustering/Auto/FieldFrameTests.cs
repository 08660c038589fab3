using Almagest.Discovery.Clustering;
using Almagest.Discovery.Clustering.Auto;
using Almagest.Sky;
using Xunit;

namespace Almagest.Discovery.Tests.Clustering.Auto;

public sealed class FieldFrameTests
{
    private static MadeCone Cone() => new MadeCone(6, 6000, 2).With(250, 200, 40, 30, -20);

    [Fact]
    public void A_cluster_at_a_pole_has_the_members_that_it_has_at_the_equator()
    {
        var equator = Cone().Search();
        var pole = Cone().Polar().Search();

        Assert.Equal(1, equator.ClusterCount);
        Assert.True(equator.CarriesMotions && pole.CarriesMotions);
        var differ = equator.Labels.Zip(pole.Labels).Count(l => l.First != l.Second);
        Assert.InRange(differ, 0, 2);
        Assert.InRange(Cone().Score(pole, 1).Recall, 0.95, 1);
        // However east and north are called at the pole, the motion is as long.
        foreach (var cluster in (FoundCluster[])[equator.Clusters![0], pole.Clusters![0]])
            Assert.Equal(Math.Sqrt(30 * 30 + 20 * 20), Math.Sqrt(cluster.Pmra * cluster.Pmra + cluster.Pmdec * cluster.Pmdec), 0.3);
        Assert.Equal(30, equator.Clusters[0].Pmra, 0.3);
    }

    [Fact]
    public void By_the_directions_of_each_star_many_members_at_a_pole_are_missed()
    {
        var cone = Cone().Polar();
        var found = cone.Search(new AutoParameters { MotionFrame = AutoParameters.Meridian });
        Assert.False(found.CarriesMotions);
        Assert.InRange(cone.Score(found, 1).Recall, 0, 0.7);
    }

    [Fact]
    public void A_field_across_right_ascension_0_is_turned_about_its_own_middle()
    {
        var frame = FieldFrame.Of(Directions((359, 40), (1, 40), (359.5, 41), (0.5, 41)))!;
        Assert.Equal(40.5, frame.DecDeg, 0.01);
        Assert.Equal(0, Math.Sin(frame.RaDeg * Math.PI / 180), 1e-9);
        // North of a star 1 degree east leans to the west by sin(dec) degrees.
        var turn = frame.Turn(SkyCoordinates.ToUnitVector(1, 40));
        Assert.Equal(-Math.Sin(40.25 * Math.PI / 180), Math.Asin(turn.Sine) * 180 / Math.PI, 0.01);
        var (east, north) = turn.ToField(3, -4);
        var (pmra, pmdec) = turn.FromField(east, north);
        Assert.Equal((3, -4), (Math.Round(pmra, 12), Math.Round(pmdec, 12)));
    }

    [Theory]
    [InlineData(50, true)]
    [InlineData(90, false)]
    [InlineData(180, false)]
    public void Only_what_lies_in_one_part_of_the_sky_is_a_field(double radius, bool isField)
    {
        var random = new Random(3);
        var stars = Enumerable
            .Range(0, 2000)
            .Select(_ =>
                (
                    360 * random.NextDouble(),
                    90 - Math.Acos(1 - random.NextDouble() * (1 - Math.Cos(radius * Math.PI / 180))) * 180 / Math.PI
                )
            );
        // A single star elsewhere does not count.
        Assert.Equal(isField, FieldFrame.Of(Directions([.. stars, (0, -90)])) is not null);
    }

    [Fact]
    public void Errors_turn_with_the_motions()
    {
        double[] covariance = [4, 0, 0.2, 0, 1, -0.1, 0.2, -0.1, 9];
        new FrameTurn(0, 1).Apply(covariance, 3);
        Assert.Equal([1, 0, -0.1, 0, 4, -0.2, -0.1, -0.2, 9], covariance);
    }

    private static double[][] Directions(params (double Ra, double Dec)[] places)
    {
        var vectors = Array.ConvertAll(places, p => SkyCoordinates.ToUnitVector(p.Ra, p.Dec));
        return [Array.ConvertAll(vectors, v => v.X), Array.ConvertAll(vectors, v => v.Y), Array.ConvertAll(vectors, v => v.Z)];
    }
}
