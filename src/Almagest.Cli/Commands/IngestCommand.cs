using System.CommandLine;
using Almagest.Catalog.Files;
using Almagest.Catalog.Input;
using Almagest.Catalog.Mapping;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;

namespace Almagest.Cli.Commands;

/// <summary><c>ingest</c>: loads catalogue files as one dataset.</summary>
internal static class IngestCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description =
                "Catalogue files of one dataset, or the folder of a HATS catalogue; the format is recognised by the content; - reads the "
                + "standard input. None with --labels: a dataset that is loaded",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var dataset = OptionFactory.Text(
            "--dataset",
            "NAME",
            "Name of the dataset (default: the first file's name without its endings)",
            "-d"
        );
        var map = Mapping();
        var force = OptionFactory.Flag("--force", "Load although the same bytes are loaded already, under another name");
        var zero = OptionFactory.Flag(
            "--zero-parallax-is-missing",
            "A parallax of exactly 0 means unknown in this catalogue, as in some Hipparcos compilations"
        );
        var show = OptionFactory.Whole(
            "--show-rejected",
            "N",
            "How many of the rejected rows to print (default 10; 1000 are kept)",
            0,
            1000
        );
        var inPlace = OptionFactory.Flag(
            "--in-place",
            "Leave the stars in the file, or in the folder, which is Parquet: the ledger registers it, and reads it where it lies"
        );
        var labels = OptionFactory.Text(
            "--labels",
            "FILE",
            "Label the dataset's stars from this table: source_id and label_outlier (0 or 1), label_kind, label_cluster"
        );
        var labelSet = OptionFactory.Text("--label-set", "NAME", "The set to which these labels belong (default: truth)");
        var reading = new ReadingOptions();
        var service = new ServiceOptions();
        var skip = OptionFactory.Flag(
            "--skip-unknown",
            "Leave out labels of stars that the dataset does not hold, instead of refusing the file"
        );
        var command = new DescribedCommand(
            "ingest",
            $"Load a catalogue ({ReadableFormats.Words}), or what a TAP or cone-search service answers",
            "almagest ingest gaia-100pc.csv",
            "almagest ingest hip.tsv --dataset hipparcos --map ra_deg=_RAJ2000 dec_deg=_DEJ2000 magnitude=Hpmag",
            "almagest ingest part1.csv.gz part2.csv.gz --dataset survey --json",
            "almagest ingest bsc.tsv --dataset bright --epoch 2016",
            "almagest ingest --cone https://vizier.cds.unistra.fr/viz-bin/conesearch/I/239/hip_main --ra 56.75 --dec 24.1 --radius 2 "
                + "--dataset pleiades",
            "almagest ingest --tap https://gea.esac.esa.int/tap-server/tap --adql 'select top 5000 * from gaiadr3.gaia_source where "
                + "parallax > 20' --dataset near",
            "almagest ingest --in-place /data/gaia_dr3_hats --dataset gaia-dr3",
            "almagest ingest --labels members.csv --dataset survey --map label_cluster=Name",
            "almagest ingest --labels members.txt --as Pleiades --dataset cone"
        )
        {
            files,
            dataset,
            map,
            force,
            inPlace,
            zero,
            show,
            labels,
            labelSet,
            skip,
        };
        var members = new MemberOptions();
        members.AddTo(command);
        reading.AddTo(command, whole: true);
        service.AddTo(command);
        command.SetAction(
            async (parsed, _) =>
            {
                var paths = parsed.GetValue(files) ?? [];
                var labelFile = parsed.GetValue(labels);
                var request = service.Request(parsed);
                if (paths.Contains(Streams.StandardInput) && parsed.GetValue(dataset) is null)
                    throw new UsageException(
                        "--dataset is missing",
                        "What comes through a pipe has no name of its own: name it with --dataset NAME.",
                        "--dataset"
                    );
                if (parsed.GetValue(inPlace) && (paths is not [not Streams.StandardInput] || labelFile is not null || request is not null))
                    throw new UsageException(
                        "--in-place takes one Parquet file or folder, and nothing beside it",
                        "Write: almagest ingest --in-place PATH --dataset NAME.",
                        "--in-place"
                    );
                RequireCatalogues(paths, "ingest");
                using var streams = new Streams(shell);
                paths = await streams.KeepAsync(paths);
                if (request is not null && paths.Length > 0)
                    throw new UsageException("files and a service are named", "Load one of them at a time.", "FILE");
                if (request is not null && parsed.GetValue(dataset) is null)
                    throw new UsageException(
                        "--dataset is missing",
                        "What a service answers has no name: name it with --dataset NAME.",
                        "--dataset"
                    );
                if (labelFile is not null)
                    RequireFiles([labelFile]);
                else if (paths.Length == 0 && request is null)
                    throw new UsageException(
                        "FILE is missing",
                        "Write: almagest ingest FILE, or --labels FILE for a dataset that is loaded.",
                        "FILE"
                    );
                var terms = ReadMap(parsed.GetValue(map) ?? []);
                var labelOptions = new LabelOptions
                {
                    LabelSet = parsed.GetValue(labelSet) ?? "truth",
                    SkipUnknown = parsed.GetValue(skip),
                    // With a catalogue beside, --map speaks of its columns, except for the labels'.
                    Map = paths.Length == 0 && request is null ? terms : terms.Where(t => IsLabel(t.Key)).ToDictionary(),
                };
                labelOptions = members.Apply(parsed, labelOptions);
                if (labelFile is null && labelOptions.MembersOf is not null)
                    throw new UsageException("--as is of a list of members", "Name its file with --labels.", "--as");
                var options = new IngestOptions
                {
                    DatasetName = parsed.GetValue(dataset),
                    Map = labelFile is null ? terms : terms.Where(t => !IsLabel(t.Key)).ToDictionary(),
                    Force = parsed.GetValue(force),
                    InPlace = parsed.GetValue(inPlace),
                    ZeroParallaxIsMissing = parsed.GetValue(zero),
                    Open = reading.Open(parsed),
                    System = reading.Frame(parsed),
                    Epoch = reading.Epoch(parsed),
                    CatalogEpoch = reading.CatalogEpoch(parsed),
                    RaFrom = reading.RaFrom(parsed),
                    Origin = request is null
                        ? new Dictionary<string, string>()
                        : new() { ["service"] = request.Service.AbsoluteUri, ["query"] = request.Query },
                };
                using var fetched = request is null ? null : ScratchFolder.Create();
                if (request is not null)
                    paths = [await service.FetchAsync(shell, parsed, request, fetched!.Path)];
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var report = paths.Length == 0 ? null : await LoadAsync(shell, session.Ledger, paths, options);
                LabelReport? labelled = null;
                if (labelFile is not null)
                {
                    var target =
                        report?.Dataset ?? await DatasetChoice.ResolveAsync(session.Ledger, options.DatasetName, shell.CancellationToken);
                    labelled = await new LabelIngestor(session.Ledger).IngestAsync(
                        target.DatasetId,
                        labelFile,
                        labelOptions,
                        shell.CancellationToken
                    );
                }
                await ViewUpkeep.KeepAsync(shell, session.Ledger, "load", shell.CancellationToken);
                await IngestReportView.AnswerAsync(shell, session.Ledger, report, labelled, (int)(parsed.GetValue(show) ?? 10));
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static bool IsLabel(string field) => field is StarField.LabelOutlier or StarField.LabelKind or StarField.LabelCluster;

    /// <summary>Loads with a progress bar.</summary>
    public static Task<IngestReport> LoadAsync(
        CommandShell shell,
        LedgerDatabase ledger,
        IReadOnlyList<string> files,
        IngestOptions options
    ) =>
        ProgressDisplay.ShowAsync(
            shell,
            "reading",
            progress =>
                new CatalogIngestor(ledger).IngestAsync(
                    files,
                    options,
                    progress is null
                        ? null
                        : new SynchronousProgress<IngestProgress>(p =>
                            progress.Report(
                                $"loading {ConsoleText.Plural(p.Rows, "row", "rows")}"
                                    + (p.Rejected > 0 ? $", {ConsoleText.Count(p.Rejected)} rejected" : ""),
                                p.TotalBytes > 0 ? (double)p.BytesRead / p.TotalBytes : null
                            )
                        ),
                    shell.CancellationToken
                )
        );

    public static Option<string[]?> Mapping() =>
        new("--map")
        {
            Description =
                $"Columns of star fields that are not found by themselves; FIELD is one of {string.Join(", ", StarField.All)}; COLUMN "
                + $"may be 'none'; a unit behind it, as in ra_deg=RA:hours, holds instead of the column's own",
            HelpName = "FIELD=COLUMN[:UNIT]",
            AllowMultipleArgumentsPerToken = true,
        };

    public static Dictionary<string, string> ReadMap(string[] terms)
    {
        var map = new Dictionary<string, string>();
        foreach (var term in terms)
        {
            if (term.Split('=', 2) is not [{ Length: > 0 } field, var column])
            {
                throw new UsageException(
                    $"--map has '{term}', expected FIELD=COLUMN such as ra_deg=RAJ2000",
                    File.Exists(term) ? "Name the files before --map." : $"The fields are {string.Join(", ", StarField.All)}.",
                    "--map"
                );
            }
            if (!StarField.All.Contains(field.Trim()))
                throw new UsageException(
                    $"--map names '{field}', which is not a star field",
                    $"The fields are {string.Join(", ", StarField.All)}.",
                    "--map"
                );
            map[field.Trim()] = column.Trim();
        }
        return map;
    }

    /// <summary>Files, and folders of Parquet files.</summary>
    /// <param name="command">that reads them, or a pipe in their place</param>
    public static void RequireCatalogues(IEnumerable<string> paths, string command)
    {
        foreach (var path in paths)
        {
            if (path == Streams.StandardInput)
                continue;
            if (!Directory.Exists(path))
                RequireFiles([path], command);
            else if (!CatalogFile.IsFolderOfTables(path))
                throw new UsageException(
                    $"{path} is a folder without Parquet files",
                    "Name the catalogue files in it, or the folder of a HATS catalogue.",
                    "FILE"
                );
        }
    }

    /// <param name="command">that reads a pipe in their place; null where none does</param>
    public static void RequireFiles(IEnumerable<string> files, string? command = null)
    {
        foreach (var file in files)
        {
            if (Directory.Exists(file))
                throw new UsageException($"{file} is a folder", "Name the catalogue files in it.", "FILE");
            RemoteFile.Refuse(file, command);
            if (!File.Exists(file) && file.StartsWith('-'))
                throw new UsageException($"there is neither an option nor a file {file}", "--help lists the options.", "FILE");
            if (!File.Exists(file))
                throw new UsageException($"there is no file {file}", "Check its path.", "FILE");
        }
    }
}
