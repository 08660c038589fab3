using System.Globalization;

namespace Almagest.Contract.Runs;

/// <summary>Counts of things, as command line, pages and files write them.</summary>
public static class CountText
{
    /// <summary>E.g. <c>1 star</c>, <c>1,184 stars</c>.</summary>
    /// <param name="one">what one of them is called, or does</param>
    /// <param name="many">what several are called, or do; none, too</param>
    public static string Of(long count, string one, string many) =>
        $"{count.ToString("N0", CultureInfo.InvariantCulture)} {(count == 1 ? one : many)}";
}
