using System.CommandLine;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Runs.Export;
using Almagest.Runs.Kinds;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Results;

namespace Almagest.Cli.Commands;

/// <summary><c>runs kinds</c>: flagged stars grouped by why they are flagged.</summary>
internal static class RunKindsCommand
{
    private const int UsualTop = 100;

    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var id = RunCommands.Id("RUN");
        var seeds = OptionFactory.Whole(
            "--seeds",
            "N",
            $"Further seeds to measure the kinds' stability with (default {RunKinds.UsualSeeds})",
            0,
            RunKinds.MostSeeds
        );
        var with = OptionFactory.Text("--with", "RUN", "Another anomaly run, whose kinds are matched with these");
        var kind = OptionFactory.Whole("--kind", "N", "One kind, with all of its stars", 0, int.MaxValue);
        var more = OptionFactory.Flag("--more", "With --kind: stars that the run does not flag, and that are most like it");
        var top = OptionFactory.Whole("--top", "N", $"With --more: most stars (default {UsualTop})", 1, 1000);
        var name = OptionFactory.Text("--label-as", "NAME", "With --kind: label all of its stars as unusual, and of a kind of this name");
        var set = OptionFactory.Text("--label-set", "NAME", "The set of labels (default: truth)");
        var by = RunAnnotationCommands.By();
        var output = TableOutput.File();
        var stars = OptionFactory.Flag("--stars", "With --output: one row a flagged star, with its kind, instead of one a kind");
        var table = new TableOutput("--output");
        var command = new DescribedCommand(
            "kinds",
            "Group the flagged stars of an anomaly run by why they are flagged",
            "almagest runs kinds 1f0c2a9e",
            "almagest runs kinds 1f0c2a9e --kind 2 --label-as \"white dwarf\"",
            "almagest runs kinds 1f0c2a9e --kind 2 --more --top 20",
            "almagest runs kinds 1f0c2a9e --stars -o why.parquet"
        )
        {
            id,
            seeds,
            with,
            kind,
            more,
            top,
            name,
            set,
            by,
            output,
            stars,
        };
        table.AddTo(command);
        command.SetAction(
            async (parsed, _) =>
            {
                var chosen = (int?)parsed.GetValue(kind);
                if (chosen is null && (parsed.GetValue(more) || parsed.GetValue(name) is not null))
                    throw new UsageException("--more and --label-as are of one kind", "Say which with --kind N.", "--kind");
                if (parsed.GetValue(more) && parsed.GetValue(name) is not null)
                    throw new UsageException("--more labels nothing", "Leave one of --more and --label-as out.", "--more");
                var path = parsed.GetValue(output);
                table.Check(shell, parsed, path);
                if (path is null && parsed.GetValue(stars))
                    throw new UsageException("--stars is given without --output", "Name the file with --output.", "--stars");
                if (path is not null && parsed.GetValue(name) is not null)
                    throw new UsageException("--label-as labels, and writes no table", "Leave one of it and --output out.", "--output");
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var runs = new RunRepository(session.Ledger);
                var stored = await runs.FindAsync(parsed.GetRequiredValue(id), shell.CancellationToken);
                var run = stored.RunId;
                using var kinds = new RunKinds(session.Ledger);
                if (parsed.GetValue(more))
                {
                    var found = await kinds.MoreAsync(run, chosen!.Value, (int)(parsed.GetValue(top) ?? UsualTop), shell.CancellationToken);
                    if (path is null)
                        shell.Answer(found, console => KindsView.Show(console, found));
                    else
                        await WriteStarsAsync(StarKinds.Of(found), false);
                }
                else if (parsed.GetValue(name) is { } label)
                {
                    var labelled = await kinds.LabelAsync(
                        run,
                        chosen!.Value,
                        label,
                        parsed.GetValue(set) ?? "truth",
                        RunAnnotationCommands.Who(parsed, by),
                        shell.CancellationToken
                    );
                    shell.Answer(labelled, console => KindsView.Show(console, labelled));
                }
                else if (path is not null && parsed.GetValue(stars))
                {
                    var all = await kinds.StarsAsync(run, shell.CancellationToken);
                    await WriteStarsAsync(chosen is { } one ? all.Only(one) : all, chosen is null);
                }
                else
                {
                    var other = parsed.GetValue(with) is { } text
                        ? (await runs.FindAsync(text, shell.CancellationToken)).RunId
                        : (Guid?)null;
                    var found = await kinds.FindAsync(
                        run,
                        (int)(parsed.GetValue(seeds) ?? RunKinds.UsualSeeds),
                        other,
                        shell.CancellationToken
                    );
                    if (path is null)
                        shell.Answer(found, console => KindsView.Show(console, found, chosen));
                    else
                    {
                        var rows = await new KindExport(session.Ledger).TableAsync(stored, found, chosen, shell.CancellationToken);
                        await table.WriteAsync(shell, parsed, path, rows, "kind", "kinds");
                    }
                }
                return ExitCodes.Done;

                async Task WriteStarsAsync(StarKinds of, bool all)
                {
                    var query = all
                        ? new ResultQuery(AnomaliesOnly: true, ByScore: true)
                        : new ResultQuery(ByScore: true) { StarIds = [.. of.Stars.Keys] };
                    var rows = await new RunExport(session.Ledger).TableAsync(stored, query, of, shell.CancellationToken);
                    await table.WriteAsync(shell, parsed, path!, rows, "star", "stars");
                }
            }
        );
        return command;
    }
}
