using System.CommandLine;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Views.Descriptors;
using Almagest.Ledger.Views.Queries;

namespace Almagest.Cli.Commands;

/// <summary>Makes the command of a view from its descriptor.</summary>
internal sealed class ViewCommandBuilder(CommandShell shell, GlobalOptions global) : IViewVisitor<Command>
{
    private const int StandardRows = 20;

    public Command Visit<TRow>(AnalyticsView<TRow> view)
        where TRow : class
    {
        var described = view.Command!;
        var filters = view.Filters.Where(f => f.Option is not null).Select(FilterOption.Of).ToList();
        var sort = view.SortColumns is [var first, ..]
            ? OptionFactory.Choice("--sort", $"Column to sort by, largest or newest first (default {first})", [.. view.SortColumns])
            : null;
        var limit = OptionFactory.Whole("--limit", "N", $"At most this many rows (default {StandardRows}; of a file all)", 1, 100_000);
        var (file, table) = (TableOutput.File(), new TableOutput("--output"));
        var command = new DescribedCommand(described.Name, described.Description, [.. described.Examples]);
        foreach (var filter in filters)
            command.Add(filter.Option);
        if (sort is not null)
            command.Add(sort);
        command.Add(limit);
        command.Add(file);
        table.AddTo(command);
        command.SetAction(
            async (parsed, _) =>
            {
                var path = parsed.GetValue(file);
                table.Check(shell, parsed, path);
                foreach (var filter in filters)
                    filter.Check(parsed);
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var rows = new ViewRows { Sort = sort is null ? null : parsed.GetValue(sort), Limit = parsed.GetValue(limit) };
                foreach (var filter in filters)
                    rows = rows.Where(
                        filter.Filter,
                        await filter.ReadAsync(parsed, session.Ledger, shell.CancellationToken) ?? filter.Filter.Default
                    );
                if (path is not null)
                {
                    await table.WriteAsync(
                        shell,
                        parsed,
                        path,
                        await new ViewExport(session.Ledger).TableAsync(view, rows, shell.CancellationToken),
                        "row",
                        "rows"
                    );
                    return ExitCodes.Done;
                }
                var found = await new AnalyticsQueries(session.Ledger).ReadAsync(
                    view,
                    rows with
                    {
                        Limit = rows.Limit ?? StandardRows,
                    },
                    shell.CancellationToken
                );
                var names = described.Cells.Any(c => c.IsDataset)
                    ? (await new DatasetRepository(session.Ledger).ListAllAsync(shell.CancellationToken)).ToDictionary(
                        d => d.DatasetId,
                        d => d.Name
                    )
                    : [];
                shell.Answer(
                    new Dictionary<string, object> { [described.Document] = found },
                    console =>
                    {
                        if (found.Count == 0)
                        {
                            console.Say(described.Nothing);
                            return;
                        }
                        var lines = ConsoleTables.Of([.. described.Cells.Select(c => c.Heading)]);
                        foreach (var row in found)
                            lines.Row([.. described.Cells.Select(c => Cell(c, row, names))]);
                        console.Write(lines);
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static string Cell(ViewCell cell, object row, IReadOnlyDictionary<long, string> datasets) =>
        cell.Value(row) switch
        {
            null => "–",
            long dataset when cell.IsDataset => ConsoleText.Clip(datasets.GetValueOrDefault(dataset, "–"), cell.Most),
            long count => cell.IsCode ? count.ToString(System.Globalization.CultureInfo.InvariantCulture) : ConsoleText.Count(count),
            double number => ConsoleText.Number(number, cell.Format),
            DateTime time => ConsoleText.When(time),
            Guid run => ConsoleText.Short(run),
            var text => ConsoleText.Clip(text.ToString() ?? "", cell.Most),
        };
}
