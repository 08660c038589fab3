using System.CommandLine;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Distribution;
using Almagest.Ledger.Schema;

namespace Almagest.Cli.Commands;

/// <summary><c>db distribute</c>: the bulk tables on several machines, by Citus.</summary>
internal static class DistributeCommand
{
    public static Command Create(CommandShell shell, GlobalOptions global)
    {
        var shards = new Option<int>("--shards")
        {
            Description = $"Parts of each table, 1 to {LedgerDistribution.MostShards}: some for each machine that may come",
            DefaultValueFactory = _ => LedgerDistribution.UsualShards,
            HelpName = "N",
        };
        var dryRun = OptionFactory.Flag("--dry-run", "Say what would be done, and what stands in its way; change nothing");
        var status = OptionFactory.Flag("--status", "Say how the tables lie");
        var undo = OptionFactory.Flag("--undo", "Bring the tables together on the coordinator again");
        var command = new DescribedCommand(
            "distribute",
            "Divide stars, labels, results and links among the machines of a Citus database",
            "almagest db distribute --dry-run",
            "almagest db distribute --shards 64",
            "almagest db distribute --status",
            "almagest db distribute --undo"
        )
        {
            shards,
            dryRun,
            status,
            undo,
        };
        command.Validators.Add(result =>
        {
            if (new[] { dryRun, status, undo }.Count(o => result.GetValue(o)) > 1)
                result.AddError("--dry-run, --status and --undo exclude each other");
        });
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global, SchemaPolicy.AsItIs);
                await session.Ledger.Schema.EnsureCurrentAsync(shell.CancellationToken);
                var distribution = new LedgerDistribution(session.Ledger);
                if (parsed.GetValue(dryRun))
                    return await PlanAsync(shell, distribution, parsed.GetValue(shards));
                var progress = new Progress<DistributionProgress>(p => shell.Say($"{p.Stage} ({p.Done} of {p.Total})"));
                bool? changed = null;
                if (parsed.GetValue(undo))
                    changed = await distribution.UndoAsync(progress, shell.CancellationToken);
                else if (!parsed.GetValue(status))
                    changed = await distribution.DistributeAsync(parsed.GetValue(shards), progress, shell.CancellationToken);
                Show(shell, await distribution.StateAsync(shell.CancellationToken), changed);
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static async Task<int> PlanAsync(CommandShell shell, LedgerDistribution distribution, int shards)
    {
        var state = await distribution.StateAsync(shell.CancellationToken);
        var plan = await distribution.PlanAsync(shards, shell.CancellationToken);
        shell.Answer(
            new
            {
                distributed = state.IsDistributed,
                plan.Engine,
                plan.Shards,
                plan.Nodes,
                tables = plan.Tables.Select(t => new
                {
                    t.Name,
                    t.Column,
                    t.Rows,
                    t.Bytes,
                }),
                problems = plan.Problems.Select(p => new { p.What, p.Remedy }),
            },
            console =>
            {
                if (state.IsDistributed)
                {
                    console.Say("The tables are distributed already; nothing would be done but to check and analyse them.");
                    return;
                }
                var table = ConsoleTables.Of("table", "by", ">rows", ">bytes");
                foreach (var t in plan.Tables)
                    table.Row(t.Name, t.Column, ConsoleText.Count(t.Rows), ConsoleText.Count(t.Bytes));
                console.Write(table);
                if (plan.Nodes.Count > 0)
                    console.Say($"They would be divided into {plan.Shards} parts each, on {string.Join(", ", plan.Nodes)}.");
                foreach (var problem in plan.Problems)
                    console.Say($"Not yet: {problem.What}. {problem.Remedy}");
                if (plan.Problems.Count == 0)
                    console.Say(
                        "Nothing stands in the way. The ledger takes no loads, runs and labels meanwhile; the views are computed anew."
                    );
            }
        );
        return plan.Problems.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static void Show(CommandShell shell, DistributionState state, bool? changed) =>
        shell.Answer(
            new
            {
                distributed = state.IsDistributed,
                changed,
                state.Engine,
                state.Shards,
                distributed_at = state.DistributedAt,
                unseen_owners = state.UnseenOwners,
                nodes = state.Nodes.Select(n => new
                {
                    n.Node,
                    n.Table,
                    n.Shards,
                    n.Bytes,
                }),
            },
            console =>
            {
                if (!state.IsDistributed)
                {
                    console.Say("The tables lie on one machine.");
                    return;
                }
                var table = ConsoleTables.Of("node", "table", ">parts", ">bytes");
                foreach (var n in state.Nodes)
                    table.Row(n.Node, n.Table, ConsoleText.Count(n.Shards), n.Bytes is { } bytes ? ConsoleText.Count(bytes) : "no answer");
                console.Write(table);
                console.Say(
                    $"{(changed == false ? "They were divided already" : "Divided")}: {state.Shards} parts each, by {state.Engine}, since "
                        + $"{state.DistributedAt:yyyy-MM-dd HH:mm} UTC."
                );
                if (state.UnseenOwners > 0)
                {
                    var unseen = ConsoleText.Plural(state.UnseenOwners, "run, dataset or match", "runs, datasets or matches");
                    console.Say($"{unseen} with rows that nobody sees: being stored, or swept later.");
                }
            }
        );
}
