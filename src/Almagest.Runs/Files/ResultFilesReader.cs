using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;
using Npgsql;

namespace Almagest.Runs.Files;

/// <summary>Reads the results of a run out of its files, some at a time, in the order of star_id.</summary>
internal sealed class ResultFilesReader
{
    private readonly DiscoveryRun _run;
    private readonly ResultFiles _known;
    private readonly string _folder;

    private ResultFilesReader(DiscoveryRun run, ResultFiles known, string folder) => (_run, _known, _folder) = (run, known, folder);

    /// <exception cref="LedgerException">the files are not on this machine, or have other sizes than were written</exception>
    public static ResultFilesReader Open(LedgerDatabase ledger, DiscoveryRun run) =>
        new(run, ResultFiles.Of(run)!, ResultFolders.Require(ledger, run));

    /// <summary>All results. Each file's checksum is that of what was written, or its rows are not given.</summary>
    /// <exception cref="LedgerException">a file has other contents, or cannot be read</exception>
    public IEnumerable<StoredResult> Read(CancellationToken cancellationToken)
    {
        foreach (var file in _known.Files)
        {
            long rows = 0;
            foreach (var result in Read(file, cancellationToken))
            {
                rows++;
                yield return result;
            }
            if (rows != file.Rows)
                throw ResultFolders.Changed(_run, $"'{file.Path}' holds {rows} stars and held {file.Rows}");
        }
    }

    /// <summary>
    /// All results as the run has them: of flagged stars those of the ledger, of the others those of the files. A flagged star that the
    /// ledger lacks is lacking.
    /// </summary>
    public async Task ReadAsync(NpgsqlConnection connection, Action<StoredResult> row, CancellationToken cancellationToken)
    {
        using var files = Read(cancellationToken).GetEnumerator();
        var more = files.MoveNext();
        await StoredResults.ReadAsync(
            connection,
            _run.RunId,
            kept =>
            {
                for (; more && files.Current.StarId < kept.StarId; more = files.MoveNext())
                    GiveUnflagged();
                if (more && files.Current.StarId == kept.StarId)
                    more = files.MoveNext();
                row(kept);
            },
            cancellationToken
        );
        for (; more; more = files.MoveNext())
            GiveUnflagged();

        void GiveUnflagged()
        {
            if (!files.Current.IsAnomaly)
                row(files.Current);
        }
    }

    private IEnumerable<StoredResult> Read(ResultFile file, CancellationToken cancellationToken)
    {
        var path = Path.Combine(_folder, file.Path);
        using var reader = Guarded(file, () => Open(file, path));
        int At(string name) => reader.Columns.Select((c, i) => (c, i)).FirstOrDefault(c => c.c.Name == name, (null!, -1)).i;
        var (id, score, flag, chance, spread) = (
            At("star_id"),
            At("anomaly_score"),
            At("is_anomaly"),
            At("flag_probability"),
            At("score_spread")
        );
        using var batches = reader.ReadBatches(cancellationToken: cancellationToken).GetEnumerator();
        while (Guarded(file, batches.MoveNext))
        {
            var batch = batches.Current;
            var ids = ((Int64Vector)batch.Columns[id]).Values;
            var scores = ((DoubleVector)batch.Columns[score]).Values;
            var flags = ((BooleanVector)batch.Columns[flag]).Values;
            var chances = chance < 0 ? null : ((DoubleVector)batch.Columns[chance]).Values;
            var spreads = spread < 0 ? null : ((DoubleVector)batch.Columns[spread]).Values;
            for (var i = 0; i < batch.Count; i++)
                yield return new StoredResult(
                    ids[i],
                    flags[i] == true,
                    scores[i],
                    null,
                    FlagProbability: Known(chances, i),
                    ScoreSpread: Known(spreads, i)
                );
        }
    }

    private ICatalogReader Open(ResultFile file, string path)
    {
        if (CatalogChecksum.Compute(path) != file.Checksum)
            throw ResultFolders.Changed(_run, $"'{file.Path}' has other contents");
        return CatalogFile.Open(path, new CatalogOpenOptions { Read = s_read });
    }

    private static readonly HashSet<string> s_read = ["star_id", "anomaly_score", "is_anomaly", "flag_probability", "score_spread"];

    private T Guarded<T>(ResultFile file, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is CatalogFormatException or IOException or UnauthorizedAccessException)
        {
            throw ResultFolders.Changed(_run, $"'{file.Path}' cannot be read ({e.Message.TrimEnd('.')})");
        }
    }

    private static double? Known(double[]? values, int row) => values is not null && !double.IsNaN(values[row]) ? values[row] : null;
}
