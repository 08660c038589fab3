using Almagest.Adql.Syntax;

namespace Almagest.Adql.Sql;

/// <summary>Bounds on the texts that a query may put together, in characters.</summary>
internal static class TextWidth
{
    /// <summary>What a column of text is taken to hold, and a number written as text.</summary>
    public const long OfColumn = 256;

    /// <summary>A polygon of many corners, or another array, written as text.</summary>
    public const long OfArray = 1 << 16;

    /// <summary>The most that sky.joined puts together.</summary>
    public const long OfJoined = 1 << 18;

    private const long Most = 1 << 20;
    private const long MostInRow = 1 << 22;

    /// <exception cref="SyntaxException">the text is longer than a query may make one</exception>
    public static long Checked(long width, int offset) =>
        width <= Most
            ? width
            : throw new SyntaxException(
                offset,
                $"the text that is put together here may have more than {Most} characters (a column counts as {OfColumn})"
            );

    /// <exception cref="SyntaxException">the texts of one row are longer than a query may make them</exception>
    public static void RequireRow(IEnumerable<long> widths, int offset)
    {
        if (widths.Sum() > MostInRow)
            throw new SyntaxException(
                offset,
                $"a row of the answer may have more than {MostInRow} characters of text (a column counts as {OfColumn})"
            );
    }
}
