using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Portable;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;

namespace Almagest.Runs.Requests;

/// <summary>Which runs can be split into tasks that several workers share.</summary>
internal static class SharedRuns
{
    /// <param name="parameters">with a recipe</param>
    /// <param name="dataset">the first of the selection</param>
    /// <exception cref="LedgerException">such a run cannot be split</exception>
    public static void Require(RunParameters parameters, StarFilter filter, Dataset dataset)
    {
        // Each worker would need the files, and go over all of them for its part; and the results are files of one machine.
        if (dataset.InPlace is not null)
            throw LedgerException
                .Of(
                    ErrorCode.NotDistributable,
                    $"dataset '{dataset.Name}' is read where it lies: a run over it cannot be split among workers",
                    "Let one program do it, on the machine that has the files.",
                    "distributed"
                )
                .With("algorithm", parameters.Algorithm.Name);
        if (parameters.Algorithm.NeedsAllStars)
            throw LedgerException
                .Of(
                    ErrorCode.NotDistributable,
                    $"{Subject(parameters.Algorithm)} at all stars of the selection at once: its run cannot be split among workers",
                    Instead(parameters.Algorithm),
                    "distributed"
                )
                .With("algorithm", parameters.Algorithm.Name);
        if (!PortableFit.Takes(parameters))
            throw LedgerException
                .Of(
                    ErrorCode.NotDistributable,
                    $"the fitted {parameters.Algorithm.Title} would take more than the {PortableFit.MostBytes >> 20} MiB that workers are "
                        + "sent",
                    "Take fewer trees, or fewer stars for each, or let one program do it.",
                    "distributed"
                )
                .With("algorithm", parameters.Algorithm.Name);
        // Each task would sort the whole dataset to find its part of the sample.
        if (filter.Sample is not null)
            throw LedgerException
                .Of(
                    ErrorCode.NotDistributable,
                    "the selection is a random sample: its run cannot be split among workers",
                    "A sample is small enough for one program; or select by place or magnitude.",
                    "distributed"
                )
                .With("algorithm", parameters.Algorithm.Name);
    }

    // Where none of its kind can be split, which of them was asked for, or taken unasked, does not matter.
    private static string Subject(Algorithm all) =>
        Algorithms.Of(all.RunType).All(a => a.NeedsAllStars) ? "a search for clusters looks" : $"{all.Name} looks";

    private static string Instead(Algorithm all)
    {
        string[] others = [.. Algorithms.Of(all.RunType).Where(a => !a.NeedsAllStars).Select(a => a.Name)];
        return others.Length == 0 ? "Let one program do it." : $"Take {string.Join(" or ", others)}, or let one program do it.";
    }
}
