using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>
/// Every kind of file but Parquet (<c>ParquetTests</c> writes its own), from fixtures of our own (<c>Fixtures/make.py</c>): a clone alone
/// sees a reader break.
/// </summary>
public sealed class FixtureTests
{
    private static readonly string s_folder = Path.Combine(AppContext.BaseDirectory, "Fixtures");

    private static readonly ExpectedTable s_expected = new(File.ReadAllText(Path.Combine(s_folder, "expected.txt")));

    public static TheoryData<string> Files => [.. s_expected.Files];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_fixture_gives_the_values_that_it_was_made_of(string file) => s_expected.Check(file, Path.Combine(s_folder, file));

    [Fact]
    public void Every_fixture_has_its_right_values() =>
        Assert.Empty(
            Directory.EnumerateFiles(s_folder).Select(f => Path.GetFileName(f)).Except(s_expected.Files).Except(["expected.txt", "make.py"])
        );
}
