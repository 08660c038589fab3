using System.CommandLine;
using Almagest.Charts.Export;
using Almagest.Charts.Pictures;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Discovery.Clustering.Dbscan;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Selections;

namespace Almagest.Cli.Commands;

/// <summary>Those commands of <c>plot</c> that draw neither one run nor one dataset.</summary>
internal static class PlotLedgerCommands
{
    public static DescribedCommand Sweep(CommandShell shell, GlobalOptions global)
    {
        var id = new Argument<string>("SWEEP") { Description = "The sweep's whole id, as 'almagest sweep' and 'runs show' print it" };
        var only = PlotCommands.Only(LedgerFigures.OfSweep);
        var metric = OptionFactory.Text("--metric", "NAME", "The number that they are of, such as f1 (default: the one that tells most)");
        var parameter = OptionFactory.Text("--parameter", "NAME", "The effect of this one (default: the one that decides most)");
        return Command(
            shell,
            global,
            "sweep",
            "The pictures of a sweep: runs across their parameters, which of these a number goes with, and how, with the spread of seeds",
            "almagest plot sweep 0198c2a4-7d5e-7c3b-9f10-3a5b8c6d7e8f -o sweep.pdf --metric f1",
            [id, only, metric, parameter],
            async (parsed, ledger, size, hasCaption) =>
                await new LedgerFigures(ledger).SweepAsync(
                    Guid.TryParse(parsed.GetRequiredValue(id), out var group)
                        ? group
                        : throw new UsageException(
                            $"'{parsed.GetRequiredValue(id)}' is not the id of a sweep",
                            "Give the whole id, as 'almagest sweep' and 'runs show' print it.",
                            "SWEEP"
                        ),
                    parsed.GetValue(only) ?? [],
                    parsed.GetValue(metric),
                    parsed.GetValue(parameter),
                    size,
                    hasCaption,
                    shell.CancellationToken
                )
        );
    }

    public static DescribedCommand Star(CommandShell shell, GlobalOptions global)
    {
        var star = new Argument<string>("STAR") { Description = "The star's source_id in its catalogue" };
        var dataset = Dataset();
        var only = PlotCommands.Only(LedgerFigures.OfStar);
        return Command(
            shell,
            global,
            "star",
            "The pictures of one star: finder chart with motions, and where it stands among colours, magnitudes and parallaxes",
            "almagest plot star 4315804351350378496 -o finder.pdf --only finder",
            [star, dataset, only],
            async (parsed, ledger, size, hasCaption) =>
            {
                var target = await DatasetChoice.ResolveAsync(ledger, parsed.GetValue(dataset), shell.CancellationToken);
                var found = await new DatasetRepository(ledger).FindStarsAsync(
                    target.DatasetId,
                    parsed.GetRequiredValue(star),
                    shell.CancellationToken
                );
                return await new LedgerFigures(ledger).StarAsync(
                    found.FirstOrDefault()
                        ?? throw new CommandFailedException(
                            $"dataset '{target.Name}' has no star '{parsed.GetRequiredValue(star)}'",
                            "Give its source_id; 'almagest runs export' lists them."
                        ),
                    parsed.GetValue(only) ?? [],
                    size,
                    hasCaption,
                    shell.CancellationToken
                );
            }
        );
    }

    public static DescribedCommand Coverage(CommandShell shell, GlobalOptions global)
    {
        var dataset = Dataset();
        var show = OptionFactory.Choice("--show", "What its colours are (default runs)", [.. CoverageMeasure.All.Select(m => m.Value)]);
        return Command(
            shell,
            global,
            "coverage",
            "The map of the sky: how often each part was analysed",
            "almagest plot coverage -o sky.pdf --show flags",
            [dataset, show],
            async (parsed, ledger, size, hasCaption) =>
                await new LedgerFigures(ledger).CoverageAsync(
                    parsed.GetValue(dataset) is { } name
                        ? await new DatasetRepository(ledger).FindAnyAsync(name, shell.CancellationToken)
                        : null,
                    CoverageMeasure.Of(parsed.GetValue(show)),
                    size,
                    hasCaption,
                    shell.CancellationToken
                )
        );
    }

    public static DescribedCommand Timeline(CommandShell shell, GlobalOptions global)
    {
        var period = OptionFactory.Choice("--period", "How runs are counted (default week)", "week", "month");
        return Command(
            shell,
            global,
            "timeline",
            "Runs by week or month",
            "almagest plot timeline -o runs.svg --period month",
            [period],
            async (parsed, ledger, size, hasCaption) =>
                await new LedgerFigures(ledger).TimelineAsync(parsed.GetValue(period) ?? "week", size, hasCaption, shell.CancellationToken)
        );
    }

    public static DescribedCommand Distances(CommandShell shell, GlobalOptions global)
    {
        var dataset = Dataset();
        var filter = OptionFactory.Text("--filter", "TERMS", "Which of its stars, as for 'discover'", "-f");
        var features = OptionFactory.Text("--features", "RECIPE", "Feature recipe (default: the one that a cluster run would take)");
        var usual = new DbscanParameters().MinSamples;
        var minSamples = OptionFactory.Whole(
            "--min-samples",
            "N",
            $"DBSCAN's min_samples, the star itself included (default {usual})",
            1,
            10_000
        );
        return Command(
            shell,
            global,
            "k-distance",
            "Distances to the k-th neighbours, by which DBSCAN's eps is chosen",
            "almagest plot k-distance --dataset praesepe --features astrometric --min-samples 15 -o eps.svg",
            [dataset, filter, features, minSamples],
            async (parsed, ledger, size, hasCaption) =>
                await new LedgerFigures(ledger).DistancesAsync(
                    await DatasetChoice.ResolveAnyAsync(ledger, parsed.GetValue(dataset), shell.CancellationToken),
                    StarFilterText.Parse(parsed.GetValue(filter)),
                    parsed.GetValue(features),
                    (int)(parsed.GetValue(minSamples) ?? usual),
                    size,
                    hasCaption,
                    shell.CancellationToken
                )
        );
    }

    private static Option<string?> Dataset() =>
        OptionFactory.Text("--dataset", "NAME", "The dataset, by name or number; may be left out where there is just one", "-d");

    private static DescribedCommand Command(
        CommandShell shell,
        GlobalOptions global,
        string name,
        string description,
        string example,
        IReadOnlyList<Symbol> symbols,
        Func<ParseResult, LedgerDatabase, FigureSize?, bool, Task<Figure>> draw
    )
    {
        var file = new PictureOutput();
        var command = new DescribedCommand(name, description, example);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
                command.Add(argument);
            else
                command.Add((Option)symbol);
        }
        file.AddTo(command);
        command.SetAction(
            async (parsed, _) =>
            {
                file.Check(parsed);
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                await file.WriteAsync(shell, parsed, await draw(parsed, session.Ledger, file.Size(parsed), file.HasCaption(parsed)));
                return ExitCodes.Done;
            }
        );
        return command;
    }
}
