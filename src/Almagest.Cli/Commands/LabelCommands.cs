using System.CommandLine;
using System.Globalization;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Contract.Datasets;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Runs.Resources;

namespace Almagest.Cli.Commands;

/// <summary><c>labels</c>: what is known of stars from elsewhere, in and out.</summary>
internal static class LabelCommands
{
    public static Command Create(CommandShell shell, GlobalOptions global) =>
        new DescribedCommand(
            "labels",
            "What is known of stars: labels and remarks, one by one or as files",
            "almagest labels import members.csv --dataset survey",
            "almagest labels export --dataset survey -o labels.csv",
            "almagest labels set 4315804351350378496 --outlier 1 --remark \"seen by eye\""
        )
        {
            Import(shell, global),
            Export(shell, global),
            Set(shell, global),
            Remove(shell, global),
        };

    private static Option<string?> Dataset() =>
        OptionFactory.Text("--dataset", "NAME", "The dataset; may be left out where there is just one", "-d");

    private static Option<string?> LabelSet() => OptionFactory.Text("--label-set", "NAME", "The set of labels (default: truth)");

    private static DescribedCommand Import(CommandShell shell, GlobalOptions global)
    {
        var file = new Argument<string>("FILE")
        {
            Description =
                "Table with source_id and any of label_outlier (0 or 1), label_kind, label_cluster; also label_remark, labelled_by, "
                + "labelled_at",
        };
        var (dataset, set, map, by) = (Dataset(), LabelSet(), IngestCommand.Mapping(), RunAnnotationCommands.By());
        var skip = OptionFactory.Flag(
            "--skip-unknown",
            "Leave out labels of stars that the dataset does not hold, instead of refusing the file"
        );
        var members = new MemberOptions();
        var command = new DescribedCommand(
            "import",
            "Load labels from a table, or a list of a cluster's members; a star's former label in the set is replaced",
            "almagest labels import members.txt --as Pleiades --dataset cone",
            "almagest labels import labels.csv --dataset survey --label-set by-eye --by ann"
        )
        {
            file,
            dataset,
            set,
            map,
            by,
            skip,
        };
        members.AddTo(command);
        command.SetAction(
            async (parsed, _) =>
            {
                var path = parsed.GetRequiredValue(file);
                IngestCommand.RequireFiles([path]);
                var options = new LabelOptions
                {
                    LabelSet = parsed.GetValue(set) ?? "truth",
                    Map = IngestCommand.ReadMap(parsed.GetValue(map) ?? []),
                    SkipUnknown = parsed.GetValue(skip),
                    By = RunAnnotationCommands.Who(parsed, by),
                };
                options = members.Apply(parsed, options);
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var target = await DatasetChoice.ResolveAsync(session.Ledger, parsed.GetValue(dataset), shell.CancellationToken);
                var report = await new LabelIngestor(session.Ledger).IngestAsync(target.DatasetId, path, options, shell.CancellationToken);
                await ViewUpkeep.KeepAsync(shell, session.Ledger, "load", shell.CancellationToken);
                shell.Answer(report, console => MemberOptions.Say(console, report));
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand Export(CommandShell shell, GlobalOptions global)
    {
        var output = new Option<string>("--output", "-o")
        {
            Description = "File to write; compressed if its name ends in .gz; - is standard output",
            HelpName = "FILE",
            Required = true,
        };
        var (dataset, set, table) = (Dataset(), LabelSet(), new TableOutput("--output"));
        var command = new DescribedCommand(
            "export",
            "Write the labels of a dataset to a file that labels import reads again",
            "almagest labels export --dataset survey -o labels.csv"
        )
        {
            dataset,
            set,
            output,
        };
        table.AddTo(command);
        command.SetAction(
            async (parsed, _) =>
            {
                var path = parsed.GetRequiredValue(output);
                table.Check(shell, parsed, path);
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var source = await DatasetChoice.ResolveAnyAsync(session.Ledger, parsed.GetValue(dataset), shell.CancellationToken);
                var rows = await new StarLabels(session.Ledger).TableAsync(
                    source,
                    parsed.GetValue(set) ?? "truth",
                    shell.CancellationToken
                );
                await table.WriteAsync(shell, parsed, path, rows, "label", "labels");
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand Set(CommandShell shell, GlobalOptions global)
    {
        var star = new Argument<string>("STAR") { Description = "The star's source_id in the catalogue" };
        var (dataset, set, by) = (Dataset(), LabelSet(), RunAnnotationCommands.By());
        var outlier = OptionFactory.Whole("--outlier", "0|1", "1 = really unusual, 0 = really ordinary", 0, 1);
        var kind = OptionFactory.Text("--kind", "KIND", "What kind of object it is");
        var cluster = OptionFactory.Text("--member-of", "CLUSTER", "The cluster it belongs to");
        var remark = OptionFactory.Text("--remark", "TEXT", "Whatever else there is to say");
        var command = new DescribedCommand(
            "set",
            "Label one star; what is not named here stays as it was, and an empty text takes it away",
            "almagest labels set 4315804351350378496 --outlier 1 --kind \"high velocity\""
        )
        {
            star,
            dataset,
            set,
            outlier,
            kind,
            cluster,
            remark,
            by,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var found = await FindAsync(
                    session.Ledger,
                    parsed.GetValue(dataset),
                    parsed.GetRequiredValue(star),
                    shell.CancellationToken
                );
                var (label, isNew) = await new StarLabels(session.Ledger).SetAsync(
                    new StarLabel
                    {
                        StarId = found.StarId,
                        LabelSet = parsed.GetValue(set) ?? "truth",
                        IsAnomaly = (int?)parsed.GetValue(outlier),
                        Kind = parsed.GetValue(kind),
                        Cluster = parsed.GetValue(cluster),
                        Remark = parsed.GetValue(remark),
                        LabelledBy = RunAnnotationCommands.Who(parsed, by),
                    },
                    (parsed.GetValue(outlier) is null ? LabelFields.None : LabelFields.IsAnomaly)
                        | (parsed.GetValue(kind) is null ? LabelFields.None : LabelFields.Kind)
                        | (parsed.GetValue(cluster) is null ? LabelFields.None : LabelFields.Cluster)
                        | (parsed.GetValue(remark) is null ? LabelFields.None : LabelFields.Remark),
                    shell.CancellationToken
                );
                await ViewUpkeep.KeepAsync(shell, session.Ledger, "label", shell.CancellationToken);
                shell.Answer(
                    new StarLabelReport(label.ToLabelledStar(found.SourceId)) { Replaced = !isNew },
                    console =>
                        console.Say(
                            $"Star {found.SourceId} is labelled in the set "
                                + $"{label.LabelSet}{(isNew ? "" : "; the rest of its label stays")}."
                        )
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand Remove(CommandShell shell, GlobalOptions global)
    {
        var star = new Argument<string>("STAR") { Description = "The star's source_id in the catalogue" };
        var (dataset, set) = (Dataset(), LabelSet());
        var command = new DescribedCommand(
            "remove",
            "Take the label of one star away",
            "almagest labels remove 4315804351350378496 --label-set by-eye"
        )
        {
            star,
            dataset,
            set,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var found = await FindAsync(
                    session.Ledger,
                    parsed.GetValue(dataset),
                    parsed.GetRequiredValue(star),
                    shell.CancellationToken
                );
                await new StarLabels(session.Ledger).RemoveAsync(
                    found.StarId,
                    parsed.GetValue(set) ?? "truth",
                    Environment.UserName,
                    shell.CancellationToken
                );
                await ViewUpkeep.KeepAsync(shell, session.Ledger, "label", shell.CancellationToken);
                shell.Answer(
                    new
                    {
                        found.StarId,
                        found.SourceId,
                        removed = true,
                    },
                    console =>
                        console.Say(
                            string.Create(CultureInfo.InvariantCulture, $"Star {found.SourceId} has no label in that set any more.")
                        )
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static async Task<Star> FindAsync(LedgerDatabase ledger, string? dataset, string sourceId, CancellationToken cancellationToken)
    {
        var target = await DatasetChoice.ResolveAnyAsync(ledger, dataset, cancellationToken);
        return (await new DatasetRepository(ledger).FindStarsAsync(target.DatasetId, sourceId, cancellationToken)).FirstOrDefault()
            ?? throw new CommandFailedException(
                target.InPlace is null
                    ? $"dataset '{target.Name}' has no star '{sourceId}'"
                    : $"no run has flagged a star '{sourceId}' of '{target.Name}', which is read where it lies: only flagged stars have "
                        + "labels",
                "Give its source_id; 'almagest runs export' lists them."
            );
    }
}
