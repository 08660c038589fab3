using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Contract.Datasets;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Almagest.Ledger.Datasets;

/// <summary>
/// Loads catalogue files as one dataset, in one transaction: either every readable row is there afterwards, with a record of those that
/// were not, or nothing is. Rows that repeat a source id are rejected; the first stays.
/// </summary>
public sealed partial class CatalogIngestor(LedgerDatabase ledger)
{
    /// <exception cref="LedgerException">no such file, no catalogue, a name that is taken, or no row that could be loaded: nothing is
    /// stored</exception>
    public Task<IngestReport> IngestAsync(
        IReadOnlyList<string> files,
        IngestOptions? options = null,
        IProgress<IngestProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(files);
        return DatabaseBoundary.AskAsync(() => StoreAsync(files, options ?? new IngestOptions(), progress, cancellationToken));
    }

    private async Task<IngestReport> StoreAsync(
        IReadOnlyList<string> files,
        IngestOptions options,
        IProgress<IngestProgress>? progress,
        CancellationToken cancellationToken
    )
    {
        if (files.Count == 0)
            throw LedgerException.Of(ErrorCode.CatalogueNotNamed, "no file was named", "Name the catalogue to load.", field: "file");
        var watch = Stopwatch.StartNew();
        try
        {
            if (options.InPlace)
                return await RegisterAsync(files, options, progress, watch, cancellationToken);
            var checksums = await Task.Run(() => files.Select(CatalogChecksum.Compute).ToArray(), cancellationToken);
            // Another table of the same file, or the same one in another system, is another catalogue.
            string[] identity = [.. checksums, .. Choices(options)];
            var checksum = Identity(identity);
            var name = DatasetName.Require(options.DatasetName ?? DatasetName.OfFile(files[0]));
            if (await FindLoadedAsync(checksum, options, cancellationToken) is { } loaded)
                return await RepeatAsync(loaded, options, watch, cancellationToken);
            await RequireFreeAsync(name, cancellationToken);
            var total = files.Sum(CatalogFile.Length);
            // What is loaded, its indexes and the database's log take some times the file.
            await DiskSpace.RequireAsync(ledger, 3 * total, cancellationToken);

            await using var connection = await ledger.ConnectAsync(cancellationToken);
            var dataset = new Dataset
            {
                Name = name,
                Checksum = checksum,
                Source = "[]",
                ColumnMapping = "{}",
            };
            await using var load = await StarLoad.BeginAsync(
                ledger,
                connection,
                dataset,
                total,
                options.RejectedRowsKept,
                cancellationToken
            );
            var sources = new JsonArray();
            ColumnMapping? mapping = null;
            var notes = new List<string>();
            var reports = new List<LoadReport>();
            long before = 0;
            for (var i = 0; i < files.Count; i++)
            {
                using var file = CatalogSource.Open(files[i], options);
                var (reader, stars, offset) = (file.Reader, file.Stars, before);
                await load.AddAsync(
                    Path.GetFileName(files[i]),
                    stars,
                    () => progress?.Report(new IngestProgress(offset + reader.BytesRead, total, load.Rows, load.Rejected)),
                    cancellationToken
                );
                mapping ??= file.Mapping;
                notes.AddRange(reader.Warnings);
                reports.Add(stars.Report);
                notes.AddRange(reports[^1].Suspicions);
                notes.AddRange(CarryNotes(stars, options));
                sources.Add(Describe(file, Path.GetFileName(files[i]), checksums[i], options));
                before += CatalogFile.Length(files[i]);
            }
            if (load.Rows == 0)
                throw NothingLoaded(files, load.Rejected, load.RejectedRows);
            dataset.Source = sources.ToJsonString();
            dataset.ColumnMapping = MappingJson(mapping!);
            await load.FinishAsync(file => CatalogSource.Read(files[file], options, cancellationToken), cancellationToken);
            await load.CommitAsync(cancellationToken);
            await AnalyzeAsync(cancellationToken);
            return new IngestReport(
                dataset,
                false,
                dataset.StarCount,
                dataset.RejectedCount,
                load.RejectedRows,
                mapping!.ToString().Split('\n'),
                notes,
                reports,
                watch.Elapsed.TotalMilliseconds
            );
        }
        catch (CatalogFormatException e)
        {
            throw LedgerException.Of(e, "Nothing was stored.", "file");
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw LedgerException.Of(
                ErrorCode.DatasetNameTaken,
                "another load stored a dataset of this name at the same moment",
                "Choose another name.",
                inner: e
            );
        }
    }

    private static IEnumerable<string> CarryNotes(StarReader stars, IngestOptions options) =>
        stars.NotCarried == 0
            ? []
            :
            [
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{stars.NotCarried} of {stars.Accepted} stars {(stars.NotCarried == 1 ? "has" : "have")} no proper motion or "
                        + $"epoch and could not be carried to {options.Epoch}: "
                        + $"{(stars.NotCarried == 1 ? "its position is as it was" : "their positions are as they were")}."
                ),
            ];

    private static JsonObject Describe(CatalogSource file, string name, string checksum, IngestOptions options)
    {
        var source = new JsonObject
        {
            ["file"] = name,
            ["format"] = file.Reader.Format,
            ["checksum"] = checksum,
            ["rows"] = file.Stars.Accepted + file.Stars.Rejected,
            ["rejected"] = file.Stars.Rejected,
            ["system"] = file.Mapping.System!.ToString(),
            ["integer_ids"] = file.Stars.HasIntegerIds,
        };
        if (options.Open.Table is { } table)
            source["table"] = table;
        if (options.RaFrom is { } from)
            source["ra_from"] = from;
        if ((options.CatalogEpoch ?? file.Mapping.System.Epoch) is { } measured)
            source["epoch"] = measured;
        if (options.Epoch is { } target)
            source["carried_to"] = target;
        foreach (var (key, value) in options.Origin)
            source[key] = value;
        source[SourceFile.ReportField] = SourceFile.Stored(file.Stars.Report);
        return source;
    }

    /// <summary>What tells one content from another: the checksum of a file that was loaded as it is, else that of these lines.</summary>
    internal static string Identity(string[] lines) =>
        lines.Length == 1 ? lines[0] : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));

    internal static string Choice(MissingValue missing) => $"missing={missing.Column}={missing.Text}";

    private static IEnumerable<string> Choices(IngestOptions options)
    {
        if (options.Open.Table is { } table)
            yield return $"table={table}";
        foreach (var missing in options.Open.Missing)
            yield return Choice(missing);
        if (options.System is { } system)
            yield return $"system={system}";
        if (options.RaFrom is { } from)
            yield return string.Create(CultureInfo.InvariantCulture, $"ra_from={from}");
        if (options.CatalogEpoch is { } measured)
            yield return string.Create(CultureInfo.InvariantCulture, $"epoch={measured}");
        if (options.Epoch is { } target)
            yield return string.Create(CultureInfo.InvariantCulture, $"carried_to={target}");
    }

    private async Task<Dataset?> FindLoadedAsync(string checksum, IngestOptions options, CancellationToken cancellationToken)
    {
        if (options.Force)
            return null;
        await using var context = ledger.CreateContext();
        // It may be there both ways.
        return await context
            .Datasets.Where(d => d.Checksum == checksum)
            .OrderBy(d => (d.InPlace != null) != options.InPlace)
            .ThenBy(d => d.DatasetId)
            .FirstOrDefaultAsync(cancellationToken);
    }

    private async Task<IngestReport> RepeatAsync(
        Dataset loaded,
        IngestOptions options,
        Stopwatch watch,
        CancellationToken cancellationToken
    )
    {
        if (options.InPlace != (loaded.InPlace is not null))
            throw LedgerException
                .Of(
                    ErrorCode.ContentLoaded,
                    $"the same content is in the ledger already, as dataset '{loaded.Name}', "
                        + (options.InPlace ? "with its stars" : "which is read where it lies"),
                    $"Use '{loaded.Name}', or take it again by force under another name, or delete it first."
                )
                .With("dataset", loaded.Name);
        // Asked for in another way than it was loaded: to do nothing and say success would mislead a script.
        var stored = JsonNode.Parse(loaded.ColumnMapping)!.AsObject();
        var differs = options.Map.FirstOrDefault(m =>
            m.Value is "" or "none"
                ? stored.ContainsKey(m.Key)
                : !string.Equals((string?)stored[m.Key], m.Value.Trim(), StringComparison.OrdinalIgnoreCase)
        );
        if (differs.Key is not null || (options.DatasetName is { } name && name != loaded.Name))
        {
            throw LedgerException
                .Of(
                    ErrorCode.ContentLoaded,
                    $"the same content is loaded already, as dataset '{loaded.Name}'"
                        + (differs.Key is null ? "" : $" with another column for {differs.Key}"),
                    $"Use '{loaded.Name}', or load it again by force under another name, or delete it first."
                )
                .With("dataset", loaded.Name);
        }
        var rejected = await new DatasetRepository(ledger).RejectedRowsAsync(loaded.DatasetId, 1000, cancellationToken);
        var mapping = JsonNode.Parse(loaded.ColumnMapping)!.AsObject().Select(m => $"{m.Key} ← {m.Value}").ToList();
        return new IngestReport(
            loaded,
            true,
            loaded.StarCount,
            loaded.RejectedCount,
            rejected,
            mapping,
            [
                $"This file is already loaded, as dataset '{loaded.Name}'; nothing was stored. It can be loaded again by force, under "
                    + $"another name.",
            ],
            [],
            watch.Elapsed.TotalMilliseconds
        );
    }

    private async Task RequireFreeAsync(string name, CancellationToken cancellationToken)
    {
        await using var context = ledger.CreateContext();
        if (await context.Datasets.AnyAsync(d => d.Name == name, cancellationToken))
            throw LedgerException
                .Of(
                    ErrorCode.DatasetNameTaken,
                    $"there is a dataset '{name}' already, with other content",
                    "Choose another name, or delete that dataset first."
                )
                .With("dataset", name);
    }

    private async Task AnalyzeAsync(CancellationToken cancellationToken)
    {
        // The planner should know a new catalogue at once, not at the next autovacuum.
        await using var command = ledger.DataSource.CreateCommand("analyze public.stars, public.star_labels");
        command.CommandTimeout = 600;
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static LedgerException NothingLoaded(IReadOnlyList<string> files, long rejected, IReadOnlyList<Model.RejectedRow> rejectedRows)
    {
        var what = string.Join(", ", files.Select(Path.GetFileName));
        if (rejected == 0)
            return LedgerException.Invalid("file", $"{what} holds no rows", "Nothing was stored.");
        var first = rejectedRows[0];
        return LedgerException.Of(
            ErrorCode.NoRowLoaded,
            (
                rejected == 1
                    ? $"the only row of {what} could not be loaded"
                    : $"none of the {rejected} rows of {what} could be loaded; the first"
            )
                + $", on line {first.LineNumber}: {first.Field}: "
                + $"{first.Reason}",
            "Nothing was stored. Was a column taken for the wrong field?",
            "file"
        );
    }

    private static string MappingJson(ColumnMapping mapping)
    {
        var json = new JsonObject();
        foreach (var field in mapping.Fields)
            json[field.Field] = field.GivenUnit is { } unit ? $"{field.Formula}:{unit}" : field.Formula;
        return json.ToJsonString();
    }
}
