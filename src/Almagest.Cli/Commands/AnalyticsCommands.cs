using System.CommandLine;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Analytics;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Export;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Ledger.Views;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Requests;

namespace Almagest.Cli.Commands;

/// <summary><c>analytics parameters</c>, <c>coverage</c> and <c>quality</c>: what has been tried, and how well it did.</summary>
internal static class AnalyticsCommands
{
    public static Command Create(CommandShell shell, GlobalOptions global) => new DescribedCommand("analytics", "Questions across runs: which parameters, which parts of the sky, how well",
        "almagest analytics parameters --sort mean_similarity", "almagest analytics coverage --dataset gaia-100pc", "almagest analytics quality --type anomaly --sort f1")
    {
        Parameters(shell, global), Coverage(shell, global), Quality(shell, global),
    };

    static Option<long?> Limit() => Values.Whole("--limit", "N", "At most so many rows (default 20; of a file all)", 1, 100_000);

    static Option<string?> Sort(IReadOnlyList<string> columns) => Values.Choice("--sort", $"Column to sort by, largest or newest first (default {columns[0]})", [.. columns]);

    static DescribedCommand Parameters(CommandShell shell, GlobalOptions global)
    {
        var type = Values.Choice("--type", "Only runs of this type", [.. RunTypes.All]);
        var algorithm = Values.Choice("--algorithm", "Only this algorithm", IsolationForestParameters.Name, DbscanParameters.Name, HdbscanParameters.Name);
        var sort = Sort(SortColumns.Parameters.Columns);
        var limit = Limit();
        var (file, table) = (TableOutput.File(), new TableOutput("--output"));
        var command = new DescribedCommand("parameters", "Compare parameter sets: what they find, how they agree with other runs and with labels",
            "almagest analytics parameters --type anomaly --sort mean_average_precision") { type, algorithm, sort, limit, file };
        table.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var path = parsed.GetValue(file);
            table.Check(shell, parsed, path);
            await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
            if (path is not null)
            {
                await table.WriteAsync(shell, parsed, path, await new ViewExport(session.Ledger).TableAsync(AnalyticsViews.Parameters, new ViewRows { RunType = parsed.GetValue(type), Algorithm = parsed.GetValue(algorithm), Sort = parsed.GetValue(sort), Limit = parsed.GetValue(limit) }, shell.Cancellation), "row", "rows");
                return CommandLine.Done;
            }
            var rows = await new AnalyticsQueries(session.Ledger).ParametersAsync(
                parsed.GetValue(type), parsed.GetValue(algorithm), parsed.GetValue(sort), (int)(parsed.GetValue(limit) ?? 20), shell.Cancellation);
            shell.Answer(new
            {
                parameters = rows.Select(r => new
                {
                    r.RunType, r.Algorithm, r.ParametersHash, parameters_json = JsonText.Parse(r.ParametersJson), r.Runs, r.Datasets, r.MeanAnomalyCount, r.MinAnomalyCount,
                    r.MaxAnomalyCount, r.MeanAnomalyPercentage, r.MeanClusterCount, r.MeanNoiseFraction, r.MeanSimilarity, r.LabelledRuns, r.MeanPrecision, r.MeanRecall,
                    r.MeanF1, r.MeanAveragePrecision, r.MeanAdjustedRandIndex, r.MeanPurity, r.LastUpdated,
                }),
            }, console =>
            {
                if (rows.Count == 0) console.Say("No complete run has such parameters. Start one: almagest discover anomalies");
                else
                {
                    var lines = Tables.Of("~parameters", ">runs", ">found", ">similar", ">F1", ">AP", ">ARI");
                    foreach (var r in rows)
                    {
                        lines.Row($"{r.Algorithm} {Short(r.ParametersJson)}", Words.Count(r.Runs),
                            r.MeanAnomalyCount is { } flags ? Words.Number(flags, "#,0") : $"{Words.Number(r.MeanClusterCount, "0.#")} cl.",
                            Words.Number(r.MeanSimilarity, "0.00"), Words.Number(r.MeanF1, "0.00"), Words.Number(r.MeanAveragePrecision, "0.00"), Words.Number(r.MeanAdjustedRandIndex, "0.00"));
                    }
                    console.Write(lines);
                }
            });
            return CommandLine.Done;
        });
        return command;
    }

    static string Short(string json) => string.Join(", ", JsonText.Parse(json)!.AsObject().Select(p => $"{p.Key} {p.Value?.ToString() ?? "–"}"));

    static DescribedCommand Coverage(CommandShell shell, GlobalOptions global)
    {
        var dataset = Values.Text("--dataset", "NAME", "Only this dataset", "-d");
        var minRuns = Values.Whole("--min-runs", "N", "Only cells that at least so many runs analysed (default 0: all with stars)", 0, int.MaxValue);
        var cone = Values.Text("--cone", "RA,DEC,RADIUS", "Only cells that touch this circle, degrees");
        var sort = Sort(SortColumns.Coverage.Columns);
        var limit = Limit();
        var (file, table) = (TableOutput.File(), new TableOutput("--output"));
        var command = new DescribedCommand("coverage", "Show which regions of the sky have been analysed, by HEALPix cell (nested, order 6)",
            "almagest analytics coverage --dataset gaia-100pc --cone 56.75,24.1,2") { dataset, minRuns, cone, sort, limit, file };
        table.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var path = parsed.GetValue(file);
            table.Check(shell, parsed, path);
            // The rules of a cone are those of a selection.
            var circle = parsed.GetValue(cone) is { } text ? StarFilterText.Parse($"cone={text}").Cone : null;
            await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
            var datasets = new DatasetRepository(session.Ledger);
            var only = parsed.GetValue(dataset) is { } name ? await datasets.FindAsync(name, shell.Cancellation) : null;
            if (path is not null)
            {
                await table.WriteAsync(shell, parsed, path, await new ViewExport(session.Ledger).TableAsync(AnalyticsViews.Coverage, new ViewRows { DatasetId = only?.DatasetId, MinRuns = parsed.GetValue(minRuns) ?? 0, Cells = circle is { } round ? SkyCell.InCone(round.RaDeg, round.DecDeg, round.RadiusDeg) : null, Sort = parsed.GetValue(sort), Limit = parsed.GetValue(limit) }, shell.Cancellation), "row", "rows");
                return CommandLine.Done;
            }
            var names = (await datasets.ListAsync(shell.Cancellation)).ToDictionary(d => d.DatasetId, d => d.Name);
            var rows = await new AnalyticsQueries(session.Ledger).CoverageAsync(only?.DatasetId, parsed.GetValue(minRuns) ?? 0,
                circle is { } c ? SkyCell.InCone(c.RaDeg, c.DecDeg, c.RadiusDeg) : null, parsed.GetValue(sort), (int)(parsed.GetValue(limit) ?? 20), shell.Cancellation);
            shell.Answer(new
            {
                area_deg2 = SkyCell.AreaDeg2,
                cells = rows.Select(r => new
                {
                    r.DatasetId, dataset = names.GetValueOrDefault(r.DatasetId), healpix_6 = r.Healpix6, SkyCell.Centre(r.Healpix6).RaDeg, SkyCell.Centre(r.Healpix6).DecDeg,
                    r.Stars, r.Runs, r.StarAnalyses, r.Flags, r.LastAnalysedAt, r.LastUpdated,
                }),
            }, console =>
            {
                if (rows.Count == 0)
                {
                    console.Say("No such cell holds stars. Load some: almagest ingest FILE");
                    return;
                }
                var lines = Tables.Of("dataset", ">cell", ">RA", ">Dec", ">stars", ">runs", ">flags", "last analysed");
                foreach (var r in rows)
                {
                    var (ra, dec) = SkyCell.Centre(r.Healpix6);
                    lines.Row(Words.Clip(names.GetValueOrDefault(r.DatasetId, "–"), 20), r.Healpix6.ToString(), Words.Number(ra, "0.00"), Words.Number(dec, "0.00"), Words.Count(r.Stars),
                        Words.Count(r.Runs), Words.Count(r.Flags), r.LastAnalysedAt is { } when ? Words.When(when) : "never");
                }
                console.Write(lines);
            });
            return CommandLine.Done;
        });
        return command;
    }

    static DescribedCommand Quality(CommandShell shell, GlobalOptions global)
    {
        var run = Values.Text("--run", "ID", "Only this run");
        var type = Values.Choice("--type", "Only runs of this type", [.. RunTypes.All]);
        var set = Values.Text("--label-set", "NAME", "Only against this set of labels, such as truth");
        var sort = Sort(SortColumns.Quality.Columns);
        var limit = Limit();
        var (file, table) = (TableOutput.File(), new TableOutput("--output"));
        var command = new DescribedCommand("quality", "Show how well runs found what labels say is there", "almagest analytics quality --label-set truth --sort average_precision")
        {
            run, type, set, sort, limit, file,
        };
        table.AddTo(command);
        command.SetAction(async (parsed, _) =>
        {
            var path = parsed.GetValue(file);
            table.Check(shell, parsed, path);
            await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
            var only = parsed.GetValue(run) is { } id ? await new RunRepository(session.Ledger).FindAsync(id, shell.Cancellation) : null;
            if (path is not null)
            {
                await table.WriteAsync(shell, parsed, path, await new ViewExport(session.Ledger).TableAsync(AnalyticsViews.Quality, new ViewRows { RunId = only?.RunId, RunType = parsed.GetValue(type), LabelSet = parsed.GetValue(set), Sort = parsed.GetValue(sort), Limit = parsed.GetValue(limit) }, shell.Cancellation), "row", "rows");
                return CommandLine.Done;
            }
            var rows = await new AnalyticsQueries(session.Ledger).QualityAsync(only?.RunId, parsed.GetValue(type), parsed.GetValue(set), parsed.GetValue(sort),
                (int)(parsed.GetValue(limit) ?? 20), shell.Cancellation);
            shell.Answer(new { quality = rows }, console =>
            {
                if (rows.Count == 0)
                {
                    console.Say("No complete run analysed labelled stars.");
                    return;
                }
                var lines = Tables.Of("run", "labels", ">stars", ">real", ">precision", ">recall", ">F1", ">AP", ">ARI", ">purity");
                foreach (var q in rows)
                {
                    lines.Row(Words.Short(q.RunId), Words.Clip(q.LabelSet, 10), Words.Count(q.LabelledStars), q.Positives is { } real ? Words.Count(real) : "–",
                        Words.Number(q.Precision, "0.00"), Words.Number(q.Recall, "0.00"), Words.Number(q.F1, "0.00"), Words.Number(q.AveragePrecision, "0.00"),
                        Words.Number(q.AdjustedRandIndex, "0.00"), Words.Number(q.Purity, "0.00"));
                }
                console.Write(lines);
            });
            return CommandLine.Done;
        });
        return command;
    }
}
