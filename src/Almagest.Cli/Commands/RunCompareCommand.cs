using System.CommandLine;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Contract.Comparison;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Runs.Changes;
using Almagest.Runs.Comparison;
using Almagest.Runs.Export;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Resources;

namespace Almagest.Cli.Commands;

/// <summary><c>runs compare</c>: how far two runs agree, or what differs among many.</summary>
internal static class RunCompareCommand
{
    public static Argument<string[]> Ids(int least) =>
        new("RUN")
        {
            Description = "Runs' ids, or at least six characters of their start or end",
            Arity = new ArgumentArity(least, ComparedRuns.Most),
        };

    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var ids = Ids(2);
        var stars = OptionFactory.Choice("--stars", "Of two runs: which stars to print (default common)", "common", "only-a", "only-b");
        var reason = OptionFactory.Choice(
            "--reason",
            "With only-a or only-b: only stars that flipped for this reason",
            [.. FlipReason.All]
        );
        var top = OptionFactory.Whole("--top", "N", "How many stars, flags, clusters or pairs to print (default 10)", 0, 10_000, "--limit");
        var export = TableOutput.File(
            "Write a table to this file instead: of two runs every star that either marks (or those of --stars), over two datasets every "
                + "flag that is new or gone (or those of --change and --cause), of more runs their pairs"
        );
        var (table, pairing) = (new TableOutput("--output"), new PairingOptions());
        var change = OptionFactory.Choice(
            "--change",
            "Of two runs over two datasets of the same stars: which flags to print (default both)",
            RunChanges.New,
            RunChanges.Gone
        );
        var cause = OptionFactory.Choice("--cause", "Likewise: only flags that changed for this cause", [.. ChangeCause.All]);
        var command = new DescribedCommand(
            "compare",
            "Compare runs: what differs, what they agree on, whether that may be chance; of two runs also which stars, and why the "
                + "others flipped; of two runs over two datasets of the same stars, such as two releases, which flags are new and gone",
            "almagest runs compare 1f0c2a9e 77ab03d1",
            "almagest runs compare 1f0c2a9e 77ab03d1 --stars only-b --reason seed",
            "almagest runs compare 1f0c2a9e 77ab03d1 -o pair.parquet",
            "almagest runs compare 1f0c2a9e 77ab03d1 e4b0917c",
            "almagest runs compare RUN-OVER-DR2 RUN-OVER-DR3 --change new --cause measurement"
        )
        {
            ids,
            stars,
            reason,
            top,
            export,
            change,
            cause,
        };
        pairing.AddTo(command);
        table.AddTo(command);
        command.SetAction(
            async (parsed, _) =>
            {
                var (side, why) = (parsed.GetValue(stars), parsed.GetValue(reason));
                if (why is not null && side is not ("only-a" or "only-b"))
                    throw new UsageException(
                        "stars that both runs mark have no reason",
                        "Add --stars only-a or --stars only-b.",
                        "--reason"
                    );
                var path = parsed.GetValue(export);
                table.Check(shell, parsed, path);
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var runs = await FindAsync(session.Ledger, parsed.GetRequiredValue(ids), 2, shell.CancellationToken);
                var most = (int)(parsed.GetValue(top) ?? 10);
                void RefuseChanges()
                {
                    var given =
                        parsed.GetValue(change) is not null ? change.Name
                        : parsed.GetValue(cause) is not null ? cause.Name
                        : pairing.Given(parsed);
                    if (given is not null)
                        throw new UsageException($"{given} is of two runs over two datasets", "Leave it out.", given);
                }

                if (runs.Count > 2)
                {
                    RefuseChanges();
                    if (side is not null)
                        throw new UsageException("--stars is of two runs", "Name two runs only, or leave it out.", "--stars");
                    var found = await new RunTableReader(session.Ledger).ReadAsync(runs, shell.CancellationToken);
                    if (path is not null)
                    {
                        await table.WriteAsync(
                            shell,
                            parsed,
                            path,
                            await new MatrixExport(session.Ledger).TableAsync(
                                runs,
                                found.Pairs,
                                cancellationToken: shell.CancellationToken
                            ),
                            "pair",
                            "pairs",
                            found.Pairs.Count
                        );
                        return ExitCodes.Done;
                    }
                    shell.Answer(found.ToResource(), new RunTableView(found, most).Show);
                    return ExitCodes.Done;
                }
                if (!RunDatasets.Share(runs[0], runs[1]))
                {
                    if (side is not null)
                        throw new UsageException(
                            "--stars is of two runs over one dataset",
                            "Give --change new or --change gone.",
                            "--stars"
                        );
                    var changes = await ProgressDisplay.ShowAsync(
                        shell,
                        "comparing",
                        _ => new RunChangeReader(session.Ledger).ReadAsync(runs[0], runs[1], pairing.Read(parsed), shell.CancellationToken)
                    );
                    var (kind, of) = (parsed.GetValue(change), parsed.GetValue(cause));
                    var wanted = changes.Of(kind, of).ToList();
                    if (path is not null)
                    {
                        await table.WriteAsync(
                            shell,
                            parsed,
                            path,
                            await new ChangeExport(session.Ledger).TableAsync(changes, kind, of, shell.CancellationToken),
                            "flag",
                            "flags",
                            wanted.Count
                        );
                        return ExitCodes.Done;
                    }
                    var page = new StarChangePage(changes.Resource, [.. wanted.Take(most)], wanted.Count, wanted.Count > most);
                    shell.Answer(page, console => ChangesView.Show(console, changes, page));
                    return ExitCodes.Done;
                }
                RefuseChanges();
                var agreement = await new RunAgreementReader(session.Ledger).ReadAsync(runs[0], runs[1], shell.CancellationToken);
                var which = side switch
                {
                    "only-a" => PairSide.OnlyIn1,
                    "only-b" => PairSide.OnlyIn2,
                    _ => PairSide.Common,
                };
                if (path is not null)
                {
                    var rows = await new PairExport(session.Ledger).TableAsync(
                        agreement,
                        side is null ? null : which,
                        why,
                        shell.CancellationToken
                    );
                    await table.WriteAsync(shell, parsed, path, rows, "star", "stars");
                    return ExitCodes.Done;
                }
                if (shell.Json)
                    shell.Write(await ComparisonView.DocumentAsync(session.Ledger, agreement, which, why, most, shell.CancellationToken));
                else
                    (await ComparisonView.CreateAsync(session.Ledger, agreement, which, why, most, shell.CancellationToken)).Show(
                        shell.Screen
                    );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    /// <summary>The complete runs of these words.</summary>
    public static async Task<IReadOnlyList<DiscoveryRun>> FindAsync(
        LedgerDatabase ledger,
        IReadOnlyList<string> words,
        int least,
        CancellationToken cancellationToken
    )
    {
        var repository = new RunRepository(ledger);
        var found = new List<Guid>();
        foreach (var word in words)
            found.Add((await repository.FindAsync(word, cancellationToken)).RunId);
        return await ComparedRuns.LoadAsync(ledger, found, least, "RUN", cancellationToken);
    }
}
