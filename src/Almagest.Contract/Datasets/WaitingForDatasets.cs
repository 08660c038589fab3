using System.Globalization;

namespace Almagest.Contract.Datasets;

/// <summary>What rests on a dataset and on others that are deleted: it comes back with the last of them.</summary>
/// <param name="Datasets">names of the others</param>
/// <param name="Runs">runs over all of them</param>
/// <param name="CrossMatches">cross-matches between them</param>
public sealed record WaitingForDatasets(IReadOnlyList<string> Datasets, long Runs, long CrossMatches)
{
    public string Describe()
    {
        string[] parts = [.. new[] { Count(Runs, "run", "runs"), Count(CrossMatches, "cross-match", "cross-matches") }.OfType<string>()];
        var verb = Runs + CrossMatches == 1 ? "waits" : "wait";
        var names = string.Join(" and ", Datasets.Select(name => $"'{name}'"));
        return string.Join(" and ", parts)
            + (Datasets.Count == 1 ? $" {verb} for dataset {names}, which is deleted" : $" {verb} for datasets {names}, which are deleted");
    }

    private static string? Count(long count, string one, string many) =>
        count == 0 ? null : $"{count.ToString("N0", CultureInfo.InvariantCulture)} {(count == 1 ? one : many)}";
}
