using System.CommandLine;
using Almagest.Cli.Configuration;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Contract.Errors;
using Almagest.Ledger.Schema;
using Almagest.Postgres;

namespace Almagest.Cli.Commands;

/// <summary><c>db migrate</c>, <c>rollback</c>, <c>status</c> and <c>distribute</c>: the schema, and where its tables lie.</summary>
internal static class DatabaseCommands
{
    public static Command Create(CommandShell shell, GlobalOptions global) =>
        new DescribedCommand(
            "db",
            "The database's schema",
            "almagest db status",
            "almagest db migrate --database postgresql://me@server/almagest",
            "almagest db rollback AddDiscoveryTimelineView"
        )
        {
            Migrate(shell, global),
            Rollback(shell, global),
            Status(shell, global),
            DistributeCommand.Create(shell, global),
            Stop(shell, global),
        };

    private static DescribedCommand Migrate(CommandShell shell, GlobalOptions global)
    {
        var command = new DescribedCommand("migrate", "Bring the schema up to this program's", "almagest db migrate");
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global, SchemaPolicy.AsItIs);
                var applied = await session.Ledger.Schema.MigrateAsync(shell.CancellationToken);
                try
                {
                    await ReadingRole.EnsureAsync(session.Ledger, shell.CancellationToken);
                }
                catch (LedgerException e) when (e.Code == ErrorCode.DatabaseForbidden)
                {
                    shell.Say($"Queries of virtual observatory clients stay off: {e.Message}. {e.Remedy}");
                }
                shell.Answer(
                    new { applied },
                    console =>
                        console.Say(applied.Count == 0 ? "The schema is up to date." : $"Brought up to date: {string.Join(", ", applied)}.")
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand Rollback(CommandShell shell, GlobalOptions global)
    {
        var to = new Argument<string>("TO")
        {
            Description =
                "The migration to go back to, by name or id ('almagest db status' lists them); 0 takes everything away, data included",
        };
        var yes = OptionFactory.Flag("--yes", "Do not ask: yes, lose what the older schema cannot keep");
        var command = new DescribedCommand("rollback", "Take migrations back, down to one that stays", "almagest db rollback InitialSchema")
        {
            to,
            yes,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var target = parsed.GetRequiredValue(to);
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global, SchemaPolicy.AsItIs);
                var losses = await session.Ledger.Schema.LossesAsync(target, shell.CancellationToken);
                if (!parsed.GetValue(yes) && (losses.Count > 0 || target == "0"))
                    Confirm(shell, target, losses);
                var before = (await session.Ledger.Schema.StatusAsync(shell.CancellationToken))
                    .Where(s => s.Applied)
                    .Select(s => s.Name)
                    .ToList();
                var changed = await session.Ledger.Schema.RollbackAsync(target, shell.CancellationToken);
                var (taken, applied) = (changed.Where(before.Contains).ToList(), changed.Where(c => !before.Contains(c)).ToList());
                shell.Answer(
                    new
                    {
                        taken_back = taken,
                        applied,
                        lost = losses.Select(l => new { what = l.What, count = l.Count }),
                    },
                    console =>
                    {
                        if (taken.Count > 0)
                            console.Say($"Took back {string.Join(", ", taken)}.");
                        if (applied.Count > 0)
                            console.Say($"The schema was older than that: applied {string.Join(", ", applied)}.");
                        if (changed.Count == 0)
                            console.Say("The schema stands there already.");
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static void Confirm(CommandShell shell, string target, IReadOnlyList<MigrationLoss> losses)
    {
        var what =
            losses.Count == 0
                ? "everything in the database"
                : string.Join(", ", losses.Select(l => $"{l.What} ({ConsoleText.Count(l.Count)})"));
        if (!shell.Terminal.CanAsk)
            throw new UsageException(
                $"going back to {target} loses for good: {what}",
                "Nothing was changed. Keep a copy first (almagest backup FILE); then add --yes.",
                "TO"
            );
        shell.Say($"Going back to {target} loses for good: {what}.");
        shell.Say("'almagest backup FILE' keeps a copy.");
        if (!shell.Ask("Go back all the same?"))
            throw new UsageException("nothing was changed", "Add --yes to go back without being asked.", "TO");
    }

    private static DescribedCommand Status(CommandShell shell, GlobalOptions global)
    {
        var command = new DescribedCommand(
            "status",
            "List the migrations, which of them the database has, and whether its views are this program's",
            "almagest db status"
        );
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global, SchemaPolicy.AsItIs);
                var states = await session.Ledger.Schema.StatusAsync(shell.CancellationToken);
                var current = states.All(s => s is { Applied: true, Known: true });
                var stale = current ? await session.Ledger.Schema.StaleDefinitionsAsync(shell.CancellationToken) : [];
                shell.Answer(
                    new
                    {
                        up_to_date = current && stale.Count == 0,
                        embedded = session.Lease is not null,
                        migrations = states.Select(s => new
                        {
                            s.Id,
                            s.Name,
                            s.Applied,
                            s.Known,
                            s.Superseded,
                        }),
                        stale_views = stale,
                    },
                    console =>
                    {
                        var table = ConsoleTables.Of("migration", "id", "state");
                        foreach (var s in states)
                            table.Row(s.Name, s.Id.Length > 14 ? s.Id[..14] : s.Id, StateOf(s));
                        console.Write(table);
                        foreach (var view in stale)
                            console.Say($"{view} is missing or not defined as this program defines it.");
                        if (session.Lease is { } server)
                            console.Facts(
                                ("embedded", server.Settings.DataDirectory),
                                ("psql", $"psql -h {server.Settings.SocketDirectory} -U almagest_owner almagest")
                            );
                        console.Say(
                            current && stale.Count == 0
                                ? "The schema is up to date."
                                : SchemaMigrator.RemarkOn(states) ?? "Bring it up to date: almagest db migrate"
                        );
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand Stop(CommandShell shell, GlobalOptions global)
    {
        var command = new DescribedCommand(
            "stop",
            "Stop the embedded database now, which otherwise stays up for a minute after the last command (keep_running)",
            "almagest db stop"
        );
        command.SetAction(
            async (parsed, _) =>
            {
                if (!string.IsNullOrWhiteSpace(parsed.GetValue(global.Database)))
                    throw new UsageException(
                        "this is about the embedded database, and another one is named",
                        "A PostgreSQL of your own is stopped by its own means.",
                        "--database"
                    );
                var embedded = shell.Get<ProgramSettings>().Embedded(shell.Say, isService: true);
                var ran =
                    await EmbeddedServer.StopAsync(embedded, shell.CancellationToken)
                    ?? throw new CommandFailedException(
                        "another program uses the embedded database",
                        $"It stops when that one ends: fuser -v {Path.Combine(embedded.Home, "lease.lock")} shows it."
                    );
                shell.Answer(new { stopped = ran, home = embedded.Home }, console => console.Say(ran ? "Stopped." : "It was not running."));
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static string StateOf(MigrationState state) =>
        state switch
        {
            { Superseded: true } => "of before the first release",
            { Known: false } => "of a newer program",
            _ => state.Applied ? "applied" : "pending",
        };
}
