using System.Diagnostics;
using System.Text.Json.Nodes;
using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Ledger.Datasets;

/// <content>Registers a catalogue whose stars stay in its files: they are read once, by the reader of a load and with its report, and none
/// is stored.</content>
public sealed partial class CatalogIngestor
{
    private async Task<IngestReport> RegisterAsync(
        IReadOnlyList<string> files,
        IngestOptions options,
        IProgress<IngestProgress>? progress,
        Stopwatch watch,
        CancellationToken cancellationToken
    )
    {
        if (files.Count != 1)
            throw LedgerException.Invalid("file", $"{files.Count} files are named", "Name one Parquet file, or the folder of several.");
        // Citus lets nobody hold the sequence of ids while a block of it is taken.
        if (await ledger.IsDistributedAsync(cancellationToken))
            throw LedgerLayout.Refusal("a catalogue is registered without being loaded", "load it");
        var path = Path.GetFullPath(files[0]);
        var total = CatalogFile.Length(path);
        // What is registered is what was read: the files are looked at before and behind.
        var bytes = 0L;
        var found = await Task.Run(
            () =>
                InPlaceFiles.Look(path, read => progress?.Report(new IngestProgress((bytes += read) / 4, total, 0, 0)), cancellationToken),
            cancellationToken
        );
        var checksum = Directory.Exists(path) ? CatalogChecksum.Of(found.Select(f => (f.Path, f.Checksum))) : found[0].Checksum;
        string[] identity = [checksum, .. Choices(options)];
        var name = DatasetName.Require(options.DatasetName ?? DatasetName.OfFile(Path.TrimEndingDirectorySeparator(files[0])));
        if (await FindLoadedAsync(Identity(identity), options, cancellationToken) is { } loaded)
        {
            var repeated = await RepeatAsync(loaded, options, watch, cancellationToken);
            if (await MoveAsync(loaded, path, found, cancellationToken))
                repeated = repeated with
                {
                    Notes = [$"This catalogue is registered already, as dataset '{loaded.Name}'; from now on it is read from '{path}'."],
                };
            return await CountAsync(loaded, total, progress, cancellationToken)
                ? repeated with
                {
                    Notes = [.. repeated.Notes, "Its stars were counted by their place on the sky, which an older program had not done."],
                }
                : repeated;
        }
        await RequireFreeAsync(name, cancellationToken);
        var dataset = new Dataset
        {
            Name = name,
            Checksum = Identity(identity),
            Source = "[]",
            ColumnMapping = "{}",
        };
        var rejected = new List<RejectedRow>();
        var cells = new CellCounts();
        using var source = CatalogSource.Open(path, options);
        if (!source.Reader.Format.Contains("Parquet", StringComparison.Ordinal) && source.Reader.Format != "HATS catalogue")
            throw LedgerException.Invalid(
                "file",
                $"'{Path.GetFileName(path)}' is {source.Reader.Format}, and only Parquet is read where it lies",
                "Load it, or write it as Parquet."
            );
        await Task.Run(
            () =>
            {
                foreach (var batch in source.Stars.ReadBatches(cancellationToken))
                {
                    dataset.StarCount += batch.Count;
                    for (var i = 0; i < batch.Count; i++)
                        cells.Add(CellCounts.CellOf(batch.RaDeg[i], batch.DecDeg[i]));
                    foreach (var row in batch.Rejected.Take(options.RejectedRowsKept - rejected.Count))
                    {
                        var (file, line) = StarLoad.Place(Path.GetFileName(path), source.Stars, row.LineNumber);
                        rejected.Add(
                            new RejectedRow
                            {
                                Ordinal = rejected.Count + 1,
                                File = file,
                                LineNumber = line,
                                Field = row.Field,
                                Reason = StoredText.WithoutNul(row.Reason),
                                Value = StoredText.WithoutNul(row.Text),
                            }
                        );
                    }
                    dataset.RejectedCount += batch.Rejected.Count;
                    dataset.ReferenceEpoch = Epoch(dataset.ReferenceEpoch, batch.Epoch, dataset.StarCount == batch.Count);
                    progress?.Report(
                        new IngestProgress(total / 4 + source.Reader.BytesRead * 3 / 4, total, dataset.StarCount, dataset.RejectedCount)
                    );
                }
            },
            cancellationToken
        );
        if (double.IsNaN(dataset.ReferenceEpoch ?? double.NaN))
            dataset.ReferenceEpoch = null;
        if (dataset.StarCount == 0)
            throw NothingLoaded(files, dataset.RejectedCount, rejected);
        dataset.Source = new JsonArray(Describe(source, Path.GetFileName(path), checksum, options)).ToJsonString();
        dataset.ColumnMapping = MappingJson(source.Mapping);
        var catalogue = new InPlaceCatalogue
        {
            Path = path,
            FirstStarId = 0,
            Rows = dataset.StarCount + dataset.RejectedCount,
            Files = found,
            Map = options.Map,
            Missing = options.Open.Missing,
            ZeroParallaxIsMissing = options.ZeroParallaxIsMissing,
            System = options.System,
            Epoch = options.Epoch,
            CatalogEpoch = options.CatalogEpoch,
            RaFrom = options.RaFrom,
        };
        await StoreAsync(dataset, catalogue, rejected, cells, cancellationToken);
        InPlaceFiles.Require(dataset);
        return new IngestReport(
            dataset,
            false,
            dataset.StarCount,
            dataset.RejectedCount,
            rejected,
            source.Mapping.ToString().Split('\n'),
            [
                .. source.Reader.Warnings,
                .. source.Stars.Report.Suspicions,
                .. CarryNotes(source.Stars, options),
                "The stars stay in the files, which the ledger reads where they lie: they must stay as they are. "
                    + "Ids that repeat each other are not looked for.",
                .. LabelNotes(source.Mapping),
            ],
            [source.Stars.Report],
            watch.Elapsed.TotalMilliseconds
        );
    }

    /// <summary>The same files lie elsewhere, or have other times.</summary>
    /// <returns>whether they lie elsewhere</returns>
    private async Task<bool> MoveAsync(Dataset dataset, string path, IReadOnlyList<InPlaceFile> files, CancellationToken cancellationToken)
    {
        var before = InPlaceCatalogue.Of(dataset)!;
        var after = before with { Path = path, Files = files };
        if (before.Path == path && before.Files.SequenceEqual(files))
            return false;
        await ledger.AskAsync(
            connection =>
                connection.ExecuteAsync(
                    "update public.datasets set in_place = $2::jsonb where dataset_id = $1",
                    cancellationToken,
                    dataset.DatasetId,
                    after.ToJson()
                ),
            cancellationToken
        );
        dataset.InPlace = after.ToJson();
        return before.Path != path;
    }

    /// <summary>Counts the stars by their place on the sky, where that was not done when they were registered.</summary>
    /// <returns>whether it was done now</returns>
    private async Task<bool> CountAsync(
        Dataset dataset,
        long bytes,
        IProgress<IngestProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        if (
            !await ledger.AskAsync(
                connection => CellCounts.AreMissingAsync(connection, dataset.DatasetId, cancellationToken),
                cancellationToken
            )
        )
            return false;
        var cells = await Task.Run(
            () =>
            {
                var counts = new CellCounts();
                long stars = 0;
                foreach (var batch in InPlaceStars.Of(dataset)!.Read([StarField.RaDeg, StarField.DecDeg], cancellationToken))
                {
                    for (var i = 0; i < batch.Count; i++)
                        counts.Add(CellCounts.CellOf(batch.RaDeg[i], batch.DecDeg[i]));
                    stars += batch.Count;
                    progress?.Report(new IngestProgress(bytes / dataset.StarCount * stars, bytes, stars, 0));
                }
                return counts;
            },
            cancellationToken
        );
        await ledger.AskAsync(
            async connection =>
            {
                await using var transaction = await connection.BeginTransactionAsync(
                    System.Data.IsolationLevel.ReadCommitted,
                    cancellationToken
                );
                await cells.SaveAsync(connection, dataset.DatasetId, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            },
            cancellationToken
        );
        return true;
    }

    // One epoch of all stars, or none; NaN where they differ, or it is not known of the first.
    private static double? Epoch(double? before, double[] epochs, bool isFirst)
    {
        foreach (var epoch in epochs)
        {
            if (isFirst)
                (before, isFirst) = (epoch, false);
            else if (!epoch.Equals(before ?? double.NaN))
                return double.NaN;
        }
        return before;
    }

    private static IEnumerable<string> LabelNotes(ColumnMapping mapping) =>
        mapping[StarField.LabelOutlier] is null && mapping[StarField.LabelKind] is null && mapping[StarField.LabelCluster] is null
            ? []
            : ["The labels of the file are not taken: stars that stay in files have none."];

    private async Task StoreAsync(
        Dataset dataset,
        InPlaceCatalogue catalogue,
        List<RejectedRow> rejected,
        CellCounts cells,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await ledger.ConnectAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.ReadCommitted, cancellationToken);
        catalogue = catalogue with { FirstStarId = await TakeIdsAsync(connection, catalogue.Rows, cancellationToken) };
        dataset.InPlace = catalogue.ToJson();
        await using (
            var command = new NpgsqlCommand(
                """
                insert into public.datasets
                  (name, source, checksum, column_mapping, reference_epoch, star_count, rejected_count, in_place)
                values ($1, $2, $3, $4, $5, $6, $7, $8) returning dataset_id, created_at
                """,
                connection
            )
            {
                Parameters =
                {
                    new() { Value = dataset.Name },
                    new() { Value = dataset.Source, NpgsqlDbType = NpgsqlDbType.Jsonb },
                    new() { Value = dataset.Checksum },
                    new() { Value = dataset.ColumnMapping, NpgsqlDbType = NpgsqlDbType.Jsonb },
                    new() { Value = (object?)dataset.ReferenceEpoch ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Double },
                    new() { Value = dataset.StarCount },
                    new() { Value = dataset.RejectedCount },
                    new() { Value = dataset.InPlace, NpgsqlDbType = NpgsqlDbType.Jsonb },
                },
            }
        )
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            (dataset.DatasetId, dataset.CreatedAt) = (reader.GetInt64(0), reader.GetDateTime(1));
        }
        await StarLoad.StoreRejectedAsync(connection, dataset.DatasetId, rejected, cancellationToken);
        await cells.SaveAsync(connection, dataset.DatasetId, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Takes ids of stars, one after the other, out of the sequence of the table, so that no other star ever has one of
    /// them.</summary>
    /// <returns>the first</returns>
    private static async Task<long> TakeIdsAsync(NpgsqlConnection connection, long count, CancellationToken cancellationToken)
    {
        const string Sequence = "pg_get_serial_sequence('public.stars', 'star_id')";
        // Changes nothing, and waits for who takes ids now: nobody takes any until this is committed.
        await connection.ExecuteAsync($"do $$ begin execute format('alter sequence %s no cycle', {Sequence}); end $$", cancellationToken);
        await using var command = new NpgsqlCommand(
            $"select setval({Sequence}::regclass, nextval({Sequence}::regclass) + $1 - 1) - $1 + 1",
            connection
        )
        {
            Parameters = { new() { Value = count } },
        };
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
