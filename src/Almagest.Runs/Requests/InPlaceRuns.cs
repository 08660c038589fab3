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
    /// <summary>A result in the files, without draws: id, the catalogue's id, score and flag, or cluster.</summary>
    public const long BytesOfResult = 17;

    /// <summary>A further number, such as the chance to be flagged.</summary>
    public const long BytesOfNumber = 8;

    /// <summary>A star that the ledger keeps with its indexes, its result, and as much again in the database's log.</summary>
    public const long BytesOfKept = 2 * (750 + 146);

    // Its bit in the set of the stars analysed, its share of a cell, and the log.
    private const double BytesInSet = 0.5;

    /// <summary>Of stars in files a run may ask what the files say; answers of a review are of stars in the ledger.</summary>
    /// <exception cref="LedgerException">the algorithm asks for more</exception>
    public static void Require(Dataset dataset, Algorithm algorithm)
    {
        if (dataset.InPlace is null || Takes(algorithm))
            return;
        throw LedgerException
            .Of(
                ErrorCode.DatasetInPlace,
                $"dataset '{dataset.Name}' is read where it lies, and {algorithm.Name} needs its stars in the ledger",
                "Those that take stars in files are "
                    + string.Join(", ", Algorithms.Of(algorithm.RunType).Where(a => a.IsOffered && Takes(a)).Select(a => a.Name))
                    + ".",
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
            Require(dataset, p.Algorithm);
        if (await ledger.IsDistributedAsync(cancellationToken))
            throw LedgerLayout
                .Refusal($"a run over dataset '{dataset.Name}', whose stars are in files, is kept", "do not keep the run")
                .With("dataset", dataset.Name);
    }

    /// <summary>Whether there is room for the results of a run on the disks.</summary>
    /// <exception cref="LedgerException">the folder for results cannot be used, or there is too little room there or where the database
    /// is</exception>
    public static async Task RequireRoomAsync(
        LedgerDatabase ledger,
        Dataset dataset,
        long stars,
        long kept,
        int numbers,
        CancellationToken cancellationToken
    )
    {
        await DiskSpace.RequireAsync(ledger, kept * BytesOfKept + (long)(stars * BytesInSet), cancellationToken);
        ResultFolder.Require(ledger, InPlaceCatalogue.Of(dataset)!.Path, BytesOf(stars, numbers));
    }

    /// <summary>Roughly, of the files of results.</summary>
    /// <param name="numbers">of a star, beside its score or its cluster</param>
    public static long BytesOf(long stars, int numbers) => stars * (BytesOfResult + numbers * BytesOfNumber);

    private static bool Takes(Algorithm algorithm) => algorithm.Defaults is not ActiveForestParameters;
}
