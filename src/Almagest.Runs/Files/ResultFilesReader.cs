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
    /// All results as the run has them: of flagged and clustered stars those of the ledger, of the others those of the files. A flagged or
    /// clustered star that the ledger lacks is lacking.
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
                    GiveOther();
                if (more && files.Current.StarId == kept.StarId)
                    more = files.MoveNext();
                row(kept);
            },
            cancellationToken
        );
        for (; more; more = files.MoveNext())
            GiveOther();

        void GiveOther()
        {
            if (!files.Current.IsKept)
                row(files.Current);
        }
    }

    private IEnumerable<StoredResult> Read(ResultFile file, CancellationToken cancellationToken)
    {
        var path = Path.Combine(_folder, file.Path);
        using var reader = Guarded(file, () => Open(file, path));
        int At(string name) => reader.Columns.Select((c, i) => (c, i)).FirstOrDefault(c => c.c.Name == name, (null!, -1)).i;
        var (id, score, flag, cluster) = (At("star_id"), At("anomaly_score"), At("is_anomaly"), At("cluster_id"));
        (ResultNumber Number, int At)[] more = [.. ResultNumber.All.Select(n => (n, At(n.Name))).Where(n => n.Item2 >= 0)];
        var isClusters = _run.RunType == RunTypes.Cluster;
        using var batches = reader.ReadBatches(cancellationToken: cancellationToken).GetEnumerator();
        while (Guarded(file, batches.MoveNext))
        {
            var batch = batches.Current;
            var ids = ((Int64Vector)batch.Columns[id]).Values;
            var scores = isClusters ? null : ((DoubleVector)batch.Columns[score]).Values;
            var flags = isClusters ? null : ((BooleanVector)batch.Columns[flag]).Values;
            var clusters = isClusters ? ((Int64Vector)batch.Columns[cluster]).Values : null;
            var numbers = Array.ConvertAll(more, m => ((DoubleVector)batch.Columns[m.At]).Values);
            for (var i = 0; i < batch.Count; i++)
            {
                var result = clusters is null
                    ? new StoredResult(ids[i], flags![i] == true, scores![i], null)
                    : new StoredResult(ids[i], false, null, (int)clusters[i]);
                for (var n = 0; n < more.Length; n++)
                    if (!double.IsNaN(numbers[n][i]))
                        result = more[n].Number.With(result, numbers[n][i]);
                yield return result;
            }
        }
    }

    private ICatalogReader Open(ResultFile file, string path)
    {
        if (CatalogChecksum.Compute(path) != file.Checksum)
            throw ResultFolders.Changed(_run, $"'{file.Path}' has other contents");
        return CatalogFile.Open(path, new CatalogOpenOptions { Read = s_read });
    }

    private static readonly HashSet<string> s_read =
    [
        "star_id",
        "anomaly_score",
        "is_anomaly",
        "cluster_id",
        .. ResultNumber.All.Select(n => n.Name),
    ];

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
}
