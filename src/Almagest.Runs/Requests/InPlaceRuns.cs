using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.ActiveForest;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;

namespace Almagest.Runs.Requests;

/// <summary>Which runs there are over a dataset that is read where it lies.</summary>
internal static class InPlaceRuns
{
    /// <summary>A result in the files, without draws: id, the catalogue's id, score, flag.</summary>
    public const long BytesOfResult = 17;

    /// <summary>Chance and spread of the score.</summary>
    public const long BytesOfDraws = 16;

    /// <summary>A flagged star with its indexes, its result, and as much again in the database's log.</summary>
    public const long BytesOfFlagged = 2 * (750 + 146);

    // Its bit in the set of the stars analysed, its share of a cell, and the log.
    private const double BytesInSet = 0.5;

    /// <summary>Stars in files are gone over by tiles; what else a run may ask of them is in the ledger.</summary>
    /// <exception cref="LedgerException">the algorithm does not go by tiles alone</exception>
    public static void RequireTiles(Dataset dataset, Algorithm algorithm)
    {
        if (dataset.InPlace is null || GoesByTiles(algorithm))
            return;
        throw LedgerException
            .Of(
                ErrorCode.DatasetInPlace,
                $"dataset '{dataset.Name}' is read where it lies, and "
                    + (algorithm.RunType == RunTypes.Cluster ? $"a search for clusters (here {algorithm.Name})" : algorithm.Name)
                    + " needs its stars in the ledger",
                "Of the detectors "
                    + string.Join(", ", Algorithms.Of(RunTypes.Anomaly).Where(GoesByTiles).Select(a => a.Name))
                    + " go over stars in files.",
                "parameters.algorithm"
            )
            .With("dataset", dataset.Name);
    }

    /// <summary>Whether a run can be kept: its results go into files of this program's, and into tables of one machine.</summary>
    /// <exception cref="LedgerException">it cannot</exception>
    public static async Task RequireKeptAsync(
        LedgerDatabase ledger,
        Dataset dataset,
        IReadOnlyList<RunParameters> parameters,
        CancellationToken cancellationToken
    )
    {
        if (dataset.InPlace is null)
            return;
        foreach (var p in parameters)
            RequireTiles(dataset, p.Algorithm);
        if (await ledger.IsDistributedAsync(cancellationToken))
            throw LedgerException
                .Of(
                    ErrorCode.LedgerDistributed,
                    $"the tables of the ledger are distributed, and no run over dataset '{dataset.Name}', which is read where it lies, is "
                        + "kept there",
                    "Bring the tables together on one machine first, or do not keep the run."
                )
                .With("dataset", dataset.Name);
    }

    /// <summary>Whether there is room for the results of a run on the disks.</summary>
    /// <exception cref="LedgerException">the folder for results cannot be used, or there is too little room there or where the database
    /// is</exception>
    public static async Task RequireRoomAsync(
        LedgerDatabase ledger,
        Dataset dataset,
        long stars,
        long flagged,
        bool draws,
        CancellationToken cancellationToken
    )
    {
        await DiskSpace.RequireAsync(ledger, flagged * BytesOfFlagged + (long)(stars * BytesInSet), cancellationToken);
        ResultFolder.Require(ledger, InPlaceCatalogue.Of(dataset)!.Path, BytesOf(stars, draws));
    }

    /// <summary>Roughly, of the files of results.</summary>
    public static long BytesOf(long stars, bool draws) => stars * (BytesOfResult + (draws ? BytesOfDraws : 0));

    internal static bool GoesByTiles(Algorithm algorithm) =>
        algorithm.RunType == RunTypes.Anomaly && !algorithm.NeedsAllStars && algorithm.Defaults is not ActiveForestParameters;
}
