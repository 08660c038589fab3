using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Almagest.Cli.Reports;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Registry;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;
using Almagest.Runs.Listing;
using Almagest.Runs.Requests;
using Almagest.Runs.Resources;

namespace Almagest.Cli.Commands;

/// <summary><c>sweep</c>: a grid or list of parameters, and seeds, as one group of runs.</summary>
internal static class SweepCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var algorithm = OptionFactory.Text("--algorithm", "NAME", Algorithms.Choices);
        algorithm.Required = true;
        var dataset = RunOptions.Datasets();
        var filter = OptionFactory.Text("--filter", "TERMS", "Which of its stars, as for 'discover'", "-f");
        var set = Terms("--set", "NAME=VALUE …", "Parameters that all runs have in common, e.g. features=cluster5d");
        var grid = Terms("--grid", "NAME=V,V… …", "Values by parameter: every combination is a run, e.g. eps=0.1,0.2 min_samples=5,10");
        var list = OptionFactory.Text(
            "--list",
            "FILE",
            """A JSON array of parameter sets, such as [{"eps": 0.1, "min_samples": 5}]; with a grid, each with each combination"""
        );
        var seeds = OptionFactory.Text(
            "--seeds",
            "S-S|S,S…",
            $"Random seeds: everything once with each, e.g. 1-5; for "
                + $"{string.Join(", ", Algorithms.All.Where(a => a.IsOffered && a.Seed is not null).Select(a => a.Name))}"
        );
        var threads = OptionFactory.Whole("--threads", "N", "Threads to use; never changes a result (default: one per core)", 1, 1024);
        var queue = OptionFactory.Flag("--queue", "Leave the runs to the servers' workers, and return at once");
        var command = new DescribedCommand(
            "sweep",
            "Run a grid or list of parameters, and seeds, as one group of runs",
            "almagest sweep --algorithm dbscan --dataset praesepe --grid eps=0.08,0.1,0.12 min_samples=10,15",
            "almagest sweep --algorithm isolation_forest --dataset gaia-100pc --set contamination=0.02 --seeds 1-5"
        )
        {
            algorithm,
            dataset,
            filter,
            set,
            grid,
            list,
            seeds,
            threads,
            queue,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var common = new JsonObject();
                foreach (var (name, values) in Pairs("set", parsed.GetValue(set)))
                    common[name] = values is [var one]
                        ? one
                        : throw LedgerException.Invalid("set", $"{name} has {values.Count} values", "Put it into --grid.");
                var runs = RunSweep.Expand(
                    parsed.GetRequiredValue(algorithm)!,
                    common,
                    [.. Pairs("grid", parsed.GetValue(grid))],
                    Sets(parsed.GetValue(list)),
                    Seeds(parsed.GetValue(seeds))
                );
                var selection = StarFilterText.Parse(parsed.GetValue(filter));
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                (var over, selection) = await DatasetChoice.ResolveAnyAsync(
                    session.Ledger,
                    parsed.GetValue(dataset),
                    selection,
                    shell.CancellationToken
                );
                var group = Guid.CreateVersion7();
                var submitted = await new RunSubmitter(session.Ledger).SubmitAsync(
                    over.Name,
                    selection,
                    runs,
                    RunPlacement.Queued with
                    {
                        GroupId = group,
                        By = Environment.UserName,
                    },
                    null,
                    shell.CancellationToken
                );
                int? fits = null;
                if (!parsed.GetValue(queue))
                    fits = await ExecuteAsync(shell, session.Ledger, submitted.Runs, (int)(parsed.GetValue(threads) ?? 0));
                var summary = await SweepSummary.ReadAsync(session.Ledger, group, shell.CancellationToken);
                var made = await new RunRepository(session.Ledger).ListAsync(
                    new RunQuery(Limit: RunSweep.MostRuns) { GroupId = group, Sort = RunOrder.Oldest },
                    shell.CancellationToken
                );
                var names = await new DatasetRepository(session.Ledger).NamesAsync(shell.CancellationToken);
                var words = string.Join(" + ", RunDatasets.Names(made[0], names));
                var document = new SweepDetail(summary.ToResource(names.GetValueOrDefault(summary.DatasetId, "")))
                {
                    Items = [.. made.Select(r => r.ToResource(names))],
                };
                shell.Answer(document, console => SweepView.Show(console, summary, made, words, submitted.Choice?.Reason, fits));
                return summary.IsOver && summary.Statuses[RunStatus.Completed] < summary.Runs ? ExitCodes.Failed : ExitCodes.Done;
            }
        );
        return command;
    }

    // They are in the queue all the same: a server that is there takes its part, and what this program leaves behind when it is killed.
    /// <returns>how often an algorithm had to do its dear part</returns>
    private static async Task<int> ExecuteAsync(CommandShell shell, LedgerDatabase ledger, IReadOnlyList<DiscoveryRun> runs, int threads)
    {
        var service = new DiscoveryService(ledger) { MaxThreads = threads, Memory = new AnalysisCache(new SelectionCache(ledger)) };
        try
        {
            return await ProgressDisplay.ShowAsync(
                shell,
                "starting",
                async progress =>
                {
                    foreach (var (i, run) in runs.Index())
                    {
                        try
                        {
                            await service.ExecuteAsync(
                                run.RunId,
                                RunStages.Relay(progress, $"run {i + 1} of {runs.Count}: "),
                                shell.CancellationToken
                            );
                        }
                        catch (LedgerException e) when (e.Kind != LedgerErrorKind.Unavailable)
                        {
                            // The run says why; the others go on.
                            shell.Say($"{ConsoleText.Short(run.RunId)}: {e.Message}");
                        }
                    }
                    while (!(await SweepSummary.ReadAsync(ledger, runs[0].GroupId!.Value, shell.CancellationToken)).IsOver)
                    {
                        progress?.Report("waiting for the runs that servers took", null);
                        await new RunClaims(ledger).HandleLostRunsAsync(shell.CancellationToken);
                        await Task.Delay(TimeSpan.FromSeconds(1), shell.CancellationToken);
                        foreach (var run in runs)
                            await service.ExecuteAsync(run.RunId, null, shell.CancellationToken);
                    }
                    return service.Memory.Work.Built;
                }
            );
        }
        catch (OperationCanceledException)
        {
            var pending = await new RunRepository(ledger).ListAsync(
                new RunQuery(Status: RunStatus.Pending, Limit: RunSweep.MostRuns) { GroupId = runs[0].GroupId }
            );
            foreach (var run in pending)
                await new RunClaims(ledger).CancelAsync(run.RunId, CancellationToken.None);
            throw;
        }
        finally
        {
            await ViewUpkeep.KeepAsync(shell, ledger, "run", CancellationToken.None);
        }
    }

    private static Option<string[]?> Terms(string name, string help, string description) =>
        new(name)
        {
            Description = description,
            HelpName = help,
            AllowMultipleArgumentsPerToken = true,
        };

    private static IEnumerable<KeyValuePair<string, IReadOnlyList<JsonNode?>>> Pairs(string option, string[]? terms)
    {
        var seen = new HashSet<string>();
        foreach (var term in terms ?? [])
        {
            var parts = term.Split('=', 2);
            if (parts.Length != 2 || parts[0].Length == 0 || parts[1].Length == 0)
                throw LedgerException.Invalid(option, $"'{term}' is not of the form NAME=VALUE", "Write it like eps=0.1,0.2");
            if (!seen.Add(parts[0]))
                throw LedgerException.Invalid(option, $"{parts[0]} is given twice", "Give all its values at once: NAME=V,V");
            yield return new(parts[0], [.. parts[1].Split(',').Select(Literal)]);
        }
    }

    private static JsonNode? Literal(string text) =>
        text switch
        {
            "null" => null,
            "true" => JsonValue.Create(true),
            "false" => JsonValue.Create(false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(
                whole
            ),
            _ when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) =>
                JsonValue.Create(real),
            _ => JsonValue.Create(text),
        };

    private static List<JsonObject> Sets(string? file)
    {
        if (file is null)
            return [];
        try
        {
            if (JsonNode.Parse(File.ReadAllText(file)) is JsonArray array && array.All(e => e is JsonObject))
                return [.. array.Select(e => e!.AsObject())];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw UnreadableFile.Report(file, e, "--list");
        }
        catch (JsonException)
        {
            // Said below.
        }
        throw LedgerException.Invalid(
            "list",
            $"{file} is not a JSON array of objects",
            """Write it like [{"eps": 0.1, "min_samples": 5}, {"eps": 0.2, "min_samples": 10}]"""
        );
    }

    private static List<long> Seeds(string? text)
    {
        var seeds = new List<long>();
        foreach (var part in text?.Split(',') ?? [])
        {
            var ends = part.Split('-', 2);
            if (
                !long.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
                || !long.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
                || last < first
                || last - first >= RunSweep.MostRuns
            )
            {
                throw LedgerException.Invalid("seeds", $"the seeds '{text}' cannot be read at '{part}'", "Write them like 1-5 or 1,2,7.");
            }
            for (var seed = first; seed <= last; seed++)
                seeds.Add(seed);
        }
        return seeds;
    }
}
