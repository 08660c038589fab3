using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Registry;

namespace Almagest.Runs.Requests;

/// <summary>What can be run over a dataset that is read where it lies.</summary>
public static class InPlaceAlgorithms
{
    /// <summary>Algorithms that go over stars in files, of those that are offered for new runs.</summary>
    public static IReadOnlyList<Algorithm> Offered { get; } = [.. Algorithms.Offered.Where(InPlaceRuns.Takes)];
}
