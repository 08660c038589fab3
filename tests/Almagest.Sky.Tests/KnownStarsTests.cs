using Xunit;

namespace Almagest.Sky.Tests;

public sealed class KnownStarsTests
{
    [Theory]
    [InlineData(-999)]
    [InlineData(-999.00006103515625)]
    [InlineData(-99.99)]
    [InlineData(-99.98999786376953)]
    [InlineData(999.9)]
    [InlineData(9999)]
    [InlineData(-9999.99)]
    [InlineData(1e20)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(double.NaN)]
    public void Nines_and_what_is_beyond_every_star_are_no_parallaxes(double mas) => Assert.False(KnownStars.CanBeParallax(mas));

    [Theory]
    [InlineData(768.0665)]
    [InlineData(99.9)]
    [InlineData(-98.7)]
    [InlineData(-9.99)]
    [InlineData(0)]
    public void What_a_star_can_have_is_a_parallax(double mas) => Assert.True(KnownStars.CanBeParallax(mas));
}
