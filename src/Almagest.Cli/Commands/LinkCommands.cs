using System.CommandLine;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Datasets;
using Almagest.Runs.CrossMatching;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Resources;

namespace Almagest.Cli.Commands;

/// <summary><c>links</c>: the cross-matches of the ledger, and what their links are good for.</summary>
internal static class LinkCommands
{
    public static Command Create(CommandShell shell, GlobalOptions global) =>
        new DescribedCommand(
            "links",
            "Stars of two datasets that are the same, as cross-matches found them",
            "almagest links list",
            "almagest links export 1 -o pairs.fits",
            "almagest links labels 1 --from 2",
            "almagest links compare 1 1f0c2a9e 77ab03d1"
        )
        {
            List(shell, global),
            Export(shell, global),
            Labels(shell, global),
            Compare(shell, global),
            Delete(shell, global),
        };

    private static Argument<long> Id() => new("MATCH") { Description = "Number of the cross-match; 'almagest links list' shows them" };

    private static DescribedCommand List(CommandShell shell, GlobalOptions global)
    {
        var command = new DescribedCommand("list", "List the cross-matches, newest first", "almagest links list --json");
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var all = await new CrossMatchRepository(session.Ledger).ListAsync(shell.CancellationToken);
                var names = await new DatasetRepository(session.Ledger).NamesAsync(shell.CancellationToken);
                shell.Answer(
                    all.ConvertAll(m => m.ToResource(names)),
                    console =>
                    {
                        if (all.Count == 0)
                        {
                            console.Say("There is no cross-match yet. Make one: almagest crossmatch DATASET1 DATASET2 --radius 1arcsec");
                            return;
                        }
                        var table = ConsoleTables.Of(">id", "dataset 1", "dataset 2", ">radius", "find", ">epoch", ">pairs", "made (UTC)");
                        foreach (var m in all)
                        {
                            table.Row(
                                m.MatchId.ToString(),
                                ConsoleText.Clip(names.GetValueOrDefault(m.Dataset1Id, "–"), 24),
                                ConsoleText.Clip(names.GetValueOrDefault(m.Dataset2Id, "–"), 24),
                                ConsoleText.Number(m.RadiusArcsec, "0.###") + "\"",
                                m.Find,
                                ConsoleText.Number(m.Epoch, "0.0#"),
                                ConsoleText.Count(m.LinkCount),
                                ConsoleText.When(m.CreatedAt)
                            );
                        }
                        console.Write(table);
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand Export(CommandShell shell, GlobalOptions global)
    {
        var id = Id();
        var output = new Option<string>("--output", "-o")
        {
            Description = "File to write; compressed if its name ends in .gz; - is standard output",
            HelpName = "FILE",
            Required = true,
        };
        var table = new TableOutput("--output");
        var command = new DescribedCommand(
            "export",
            "Write the pairs of a cross-match with both stars to a VOTable, FITS, CSV, ECSV, Parquet or JSON file",
            "almagest links export 1 -o pairs.vot"
        )
        {
            id,
            output,
        };
        table.AddTo(command);
        command.SetAction(
            async (parsed, _) =>
            {
                var path = parsed.GetRequiredValue(output);
                table.Check(shell, parsed, path);
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var matches = new CrossMatchRepository(session.Ledger);
                var match = await matches.GetAsync(parsed.GetValue(id), shell.CancellationToken);
                await table.WriteAsync(
                    shell,
                    parsed,
                    path,
                    await matches.TableAsync(match, cancellationToken: shell.CancellationToken),
                    "pair",
                    "pairs",
                    match.LinkCount
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand Labels(CommandShell shell, GlobalOptions global)
    {
        var (id, by) = (Id(), RunAnnotationCommands.By());
        var from = OptionFactory.Whole("--from", "N", "The dataset that has the labels, 1 or 2 of the match (default 1)", 1, 2);
        var set = OptionFactory.Text("--label-set", "NAME", "Their set (default: truth)");
        var target = OptionFactory.Text("--as", "NAME", "The set that gets them (default: one of the same name)");
        var overwrite = OptionFactory.Flag("--overwrite", "Replace labels that stars have in that set already");
        var command = new DescribedCommand(
            "labels",
            "Give the labels of one dataset's stars to the linked stars of the other",
            "almagest links labels 1 --from 2 --as hipparcos"
        )
        {
            id,
            from,
            set,
            target,
            overwrite,
            by,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var match = await new CrossMatchRepository(session.Ledger).GetAsync(parsed.GetValue(id), shell.CancellationToken);
                var report = await new LinkedLabels(session.Ledger).CopyAsync(
                    match,
                    parsed.GetValue(from) != 2,
                    parsed.GetValue(set) ?? "truth",
                    parsed.GetValue(target),
                    parsed.GetValue(overwrite),
                    parsed.GetValue(by),
                    shell.CancellationToken
                );
                await ViewUpkeep.KeepAsync(shell, session.Ledger, "load", shell.CancellationToken);
                shell.Answer(
                    report,
                    console =>
                        console.Say(
                            $"{ConsoleText.Plural(report.Copied, "label", "labels")} copied"
                                + (
                                    report.Kept > 0
                                        ? $"; {ConsoleText.Plural(report.Kept, "star keeps its label", "stars keep their labels")}"
                                        : ""
                                )
                                + (report.Kept > 0 ? " (--overwrite replaces)" : "")
                                + (report.Ambiguous > 0 ? $"; {ConsoleText.Plural(report.Ambiguous, "star", "stars")} left out, " : "")
                                + (report.Ambiguous > 0 ? "whose links lead to labels that say different things." : ".")
                        )
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand Compare(CommandShell shell, GlobalOptions global)
    {
        var id = Id();
        var first = new Argument<string>("RUN1") { Description = "A complete run over one of the two datasets" };
        var second = new Argument<string>("RUN2") { Description = "A complete run over the other one" };
        var command = new DescribedCommand(
            "compare",
            "Show how far runs over the two datasets agree about linked stars",
            "almagest links compare 1 1f0c2a9e 77ab03d1"
        )
        {
            id,
            first,
            second,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var match = await new CrossMatchRepository(session.Ledger).GetAsync(parsed.GetValue(id), shell.CancellationToken);
                var runs = new RunRepository(session.Ledger);
                var found = await new LinkedComparison(session.Ledger).ReadAsync(
                    match,
                    await runs.FindAsync(parsed.GetRequiredValue(first), shell.CancellationToken),
                    await runs.FindAsync(parsed.GetRequiredValue(second), shell.CancellationToken),
                    shell.CancellationToken
                );
                var o = found.Overlap;
                shell.Answer(
                    found.ToResource(),
                    console =>
                        console.Facts([
                            ("links", ConsoleText.Count(found.Links)),
                            ("analysed by both", ConsoleText.Count(o.Shared)),
                            ($"marked by {ConsoleText.Short(found.Run1.RunId)}", ConsoleText.Count(o.Marked1)),
                            ($"marked by {ConsoleText.Short(found.Run2.RunId)}", ConsoleText.Count(o.Marked2)),
                            ("marked by both", $"{ConsoleText.Count(o.Common)} (by chance {ConsoleText.Number(o.Expected, "0.0")})"),
                            ("Jaccard", ConsoleText.Number(o.Jaccard, "0.00")),
                            ("kappa", ConsoleText.Number(o.Kappa, "0.00")),
                            ("p value", $"10^{ConsoleText.Number(o.Log10PValue, "0.0")}"),
                            ("adjusted Rand index", ConsoleText.Number(found.AdjustedRandIndex, "0.00")),
                        ])
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand Delete(CommandShell shell, GlobalOptions global)
    {
        var id = Id();
        var command = new DescribedCommand("delete", "Delete a cross-match with its links", "almagest links delete 1") { id };
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var matches = new CrossMatchRepository(session.Ledger);
                var match = await matches.GetAsync(parsed.GetValue(id), shell.CancellationToken);
                await matches.DeleteAsync(match.MatchId, shell.CancellationToken);
                shell.Answer(
                    new { deleted = match.MatchId, links = match.LinkCount },
                    console =>
                        console.Say($"Deleted cross-match {match.MatchId} with {ConsoleText.Plural(match.LinkCount, "link", "links")}.")
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
