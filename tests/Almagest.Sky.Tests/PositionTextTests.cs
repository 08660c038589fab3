using CsCheck;
using Xunit;

namespace Almagest.Sky.Tests;

/// <summary>Positions as people write them. A right ascension of 1 h is 15 degrees.</summary>
public sealed class PositionTextTests
{
    [Theory]
    [InlineData("56.75 24.1167", 56.75, 24.1167)]
    [InlineData("56.75, +24.1167", 56.75, 24.1167)]
    [InlineData("56.75 -24.1167", 56.75, -24.1167)]
    [InlineData("56.75−24.1167", 56.75, -24.1167)]
    [InlineData("56.75° −24.1167°", 56.75, -24.1167)]
    [InlineData("RA 56.75 Dec 24.1167", 56.75, 24.1167)]
    [InlineData("ra=56.75 dec=-24.1167", 56.75, -24.1167)]
    [InlineData("ra_deg=56.75, dec_deg=24.1167", 56.75, 24.1167)]
    [InlineData("α = 56.75, δ = +24.1167", 56.75, 24.1167)]
    [InlineData("ICRS 56.75 24.1167", 56.75, 24.1167)]
    [InlineData("03:47:00 +24:07:00", 56.75, 24.1166667)]
    [InlineData("03:47:00.5 -00:07:30.25", 56.7520833, -0.1250694)]
    [InlineData("03 47 00 +24 07 00", 56.75, 24.1166667)]
    [InlineData("03 47 00 24 07 00", 56.75, 24.1166667)]
    [InlineData("3 47.5 -24 7.5", 56.875, -24.125)]
    [InlineData("3h47m0s +24d7m0s", 56.75, 24.1166667)]
    [InlineData("3h 47m 0.0s, 24° 7′ 0″", 56.75, 24.1166667)]
    [InlineData("03h47m00s -00°07'30.0\"", 56.75, -0.125)]
    [InlineData("03h47m00s +24°07'00''", 56.75, 24.1166667)]
    [InlineData("3.7833333333h +24.1167", 56.75, 24.1167)]
    [InlineData("56d45m00s -24d07m00s", 56.75, -24.1166667)]
    [InlineData("05:35:17.3 -05:23:28 J2000", 83.8220833, -5.3911111)]
    [InlineData("2MASS J05351730-0523280", 83.8220833, -5.3911111)]
    [InlineData("J053517.3-052328", 83.8220833, -5.3911111)]
    [InlineData("0 -90", 0, -90)]
    [InlineData("359.999 90", 359.999, 90)]
    public void A_position_is_read_as_people_write_it(string text, double ra, double dec)
    {
        var found = PositionText.Parse(text);
        Assert.NotNull(found);
        Assert.Equal(ra, found.Value.RaDeg, 6);
        Assert.Equal(dec, found.Value.DecDeg, 6);
    }

    [Theory]
    [InlineData("")]
    [InlineData("56.75")]
    [InlineData("400 12")]
    [InlineData("12 91")]
    [InlineData("25:00:00 +10:00:00")]
    [InlineData("03:60:00 +24:07:00")]
    [InlineData("03:47:00 +24:07:60")]
    [InlineData("3.5:47:00 +24:07:00")]
    [InlineData("1 2 3")]
    [InlineData("1, 2, 3")]
    [InlineData("12 h34")]
    [InlineData("-10 20")]
    [InlineData("NGC 188")]
    [InlineData("Gaia DR3 5853498713190525696")]
    [InlineData("magnitude=..15 cone=1,2,3")]
    [InlineData("a1b2c3d4")]
    public void What_is_no_position_on_the_sky_is_none(string text) => Assert.Null(PositionText.Parse(text));

    [Fact]
    public void Whatever_is_written_nothing_breaks() =>
        Gen.String[Gen.OneOf(Gen.Char["0123456789 .+-:hmsd,°′″j"], Gen.Char), 0, 40]
            .Sample(text => PositionText.Parse(text) is not { } p || p is { RaDeg: >= 0 and < 360, DecDeg: >= -90 and <= 90 });
}
