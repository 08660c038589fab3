using Almagest.Catalog.Stars;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>Which identifiers are whole numbers, so that exports can write them as such.</summary>
public sealed class WholeIdTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("4295806720")]
    [InlineData("9223372036854775807")]
    public void A_canonical_decimal_of_63_bits_is_one(string id) => Assert.True(WholeIds.Is(id));

    [Theory]
    [InlineData("")]
    [InlineData("0001")]
    [InlineData("00")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("HIP 1")]
    [InlineData("٣")]
    [InlineData("9223372036854775808")]
    [InlineData("99999999999999999999")]
    public void Whatever_would_be_written_otherwise_as_a_number_is_text(string id) => Assert.False(WholeIds.Is(id));
}
