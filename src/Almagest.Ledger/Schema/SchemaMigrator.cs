using System.Reflection;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace Almagest.Ledger.Schema;

/// <summary>
/// Brings a database's schema up or down, and says where it stands. Tables come from migrations; views and functions from the repeatable
/// scripts, which run after the last migration.
/// </summary>
public sealed class SchemaMigrator(LedgerDatabase ledger)
{
    // Two servers that start at once must not migrate at once.
    private const long MigrationLock = 0x416C6D6167657374;

    /// <summary>Waits until nobody migrates, and keeps others from starting until it is disposed of.</summary>
    internal static Task<AdvisoryLock> ExcludeAsync(LedgerDatabase ledger, CancellationToken cancellationToken) =>
        AdvisoryLock.TakeAsync(ledger, MigrationLock, cancellationToken);

    private const string History = "public.\"__EFMigrationsHistory\"";

    // Every command asks where the schema stands: the model of Entity Framework takes half a second to build, and is not needed for it.
    private static readonly Lazy<HashSet<string>> s_known = new(() =>
        [
            .. typeof(LedgerContext)
                .Assembly.GetTypes()
                .Where(type => type.IsSubclassOf(typeof(Migration)))
                .Select(type => type.GetCustomAttribute<MigrationAttribute>()?.Id)
                .OfType<string>(),
        ]
    );

    public Task<IReadOnlyList<MigrationState>> StatusAsync(CancellationToken cancellationToken = default) =>
        ledger.AskAsync(connection => StatusAsync(connection, cancellationToken), cancellationToken);

    private static async Task<IReadOnlyList<MigrationState>> StatusAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = await AppliedAsync(connection, cancellationToken);
        return s_known
            .Value.Union(applied)
            .Order(StringComparer.Ordinal)
            .Select(id => new MigrationState(
                id,
                OldHistory.NameOf(id),
                applied.Contains(id),
                s_known.Value.Contains(id),
                OldHistory.Has(id)
            ))
            .ToList();
    }

    /// <summary>Where the schema stands, migrations and definitions, for whoever decides by it what to do.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task<SchemaStanding> StandingAsync(CancellationToken cancellationToken = default) =>
        ledger.AskAsync(
            async connection =>
            {
                var standing = new SchemaStanding(await StatusAsync(connection, cancellationToken), []);
                // Another schema may lack the tables that say what is defined.
                return standing.Trouble is null
                    ? standing with
                    {
                        Stale = (await DefinedScripts.ReadAsync(connection, cancellationToken)).Stale(),
                    }
                    : standing;
            },
            cancellationToken
        );

    private static async Task<List<string>> AppliedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var applied = new List<string>();
        await using var there = new NpgsqlCommand("select to_regclass($1) is not null", connection)
        {
            Parameters = { new() { Value = History } },
        };
        if (await there.ExecuteScalarAsync(cancellationToken) is not true)
            return applied;
        await using var command = new NpgsqlCommand($"select migration_id from {History}", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            applied.Add(reader.GetString(0));
        return applied;
    }

    /// <summary>What is to be said of the history of a ledger from before the first release; null of any other.</summary>
    public static string? RemarkOn(IReadOnlyList<MigrationState> states)
    {
        if (!OldHistory.IsOld(states))
            return null;
        if (!OldHistory.IsComplete(states))
        {
            var refusal = OldHistory.Incomplete(states);
            return $"{char.ToUpperInvariant(refusal.Message[0])}{refusal.Message[1..]}. {refusal.Remedy}";
        }
        return "The ledger has all migrations of before the first release. "
            + $"Migrating it replaces them by {OldHistory.NameOf(OldHistory.Successor)}; nothing is lost.";
    }

    /// <summary>Applies every pending migration, then runs the repeatable scripts that have changed.</summary>
    /// <returns>the names of the migrations; where there were none, of the views and functions that were made anew</returns>
    /// <exception cref="LedgerException">the database is of a newer program, or has a part of the old history</exception>
    public Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken = default) => GoToAsync(null, cancellationToken);

    /// <summary>What going back to a migration loses for good; see <see cref="RollbackAsync"/>.</summary>
    /// <exception cref="LedgerException">no migration has that name, or the database is of a newer program</exception>
    public async Task<IReadOnlyList<MigrationLoss>> LossesAsync(string target, CancellationToken cancellationToken = default)
    {
        var states = await StatusAsync(cancellationToken);
        RefuseStrangers(states);
        await RefuseDistributedAsync(cancellationToken);
        var id = IdOf(target, states);
        return await MigrationLosses.CountAsync(
            ledger,
            states.Where(s => s.Applied && string.CompareOrdinal(s.Id, id) > 0).Select(s => s.Name),
            cancellationToken
        );
    }

    /// <summary>Goes up or down to a migration, by name or id; <c>0</c> takes everything away, data included.</summary>
    /// <exception cref="LedgerException">no migration has that name, or the database is of a newer program</exception>
    public async Task<IReadOnlyList<string>> RollbackAsync(string target, CancellationToken cancellationToken = default)
    {
        var states = await StatusAsync(cancellationToken);
        // Taking back what it knows from below what it does not know would leave neither program a schema of its own.
        RefuseStrangers(states);
        return await GoToAsync(IdOf(target, states), cancellationToken);
    }

    private static string IdOf(string target, IReadOnlyList<MigrationState> states)
    {
        if (target == Migration.InitialDatabase)
            return target;
        var known = states.Where(s => s.Known).ToList();
        return known.FirstOrDefault(s => IsNamed(s.Id) || IsNamed(s.Name))?.Id
            ?? throw LedgerException.Invalid(
                "to",
                $"there is no migration '{target}'",
                $"Choose one of {string.Join(", ", known.Select(s => s.Name))}, or 0 for an empty database."
            );

        bool IsNamed(string name) => name.Equals(target, StringComparison.OrdinalIgnoreCase);
    }

    /// <exception cref="LedgerException">the schema is older or newer than this program, or a view or function is not today's</exception>
    public async Task EnsureCurrentAsync(CancellationToken cancellationToken = default)
    {
        if ((await StandingAsync(cancellationToken)).Trouble is { } trouble)
            throw trouble;
    }

    /// <summary>
    /// Views and functions that are missing or not defined as this program defines them; the schema of mode incremental counts as one.
    /// </summary>
    public async Task<IReadOnlyList<string>> StaleDefinitionsAsync(CancellationToken cancellationToken = default)
    {
        return await ledger.AskAsync(
            async connection =>
            {
                return (await DefinedScripts.ReadAsync(connection, cancellationToken)).Stale();
            },
            cancellationToken
        );
    }

    private async Task<IReadOnlyList<string>> GoToAsync(string? target, CancellationToken cancellationToken)
    {
        await using var guard = await AdvisoryLock.TakeAsync(ledger, MigrationLock, cancellationToken);
        var before = await StatusAsync(cancellationToken);
        if (target is not null)
            await RefuseDistributedAsync(cancellationToken);
        if (target is null || OldHistory.IsOld(before))
            RefuseStrangers(before);
        return await DatabaseBoundary.AskAsync<IReadOnlyList<string>>(async () =>
        {
            await using var context = ledger.CreateContext();
            // Building the views over a large ledger takes its time.
            context.Database.SetCommandTimeout(TimeSpan.FromHours(6));
            if (OldHistory.IsOld(before))
                await OldHistory.ReplaceAsync(context, cancellationToken);
            await context.GetService<IMigrator>().MigrateAsync(target, cancellationToken);
            var after = await StatusAsync(cancellationToken);
            var changed = after.Where(a => a.Applied != before.First(b => b.Id == a.Id).Applied).Select(a => a.Name).ToList();
            if (!after.All(s => s is { Applied: true, Known: true }))
            {
                // Nobody asks a ledger that is below this program's schema; the scripts make the functions anew.
                await ledger.AskAsync(connection => connection.ExecuteAsync(SkyFunctions.Drop, cancellationToken), cancellationToken);
                return changed;
            }
            var stale = await StaleDefinitionsAsync(cancellationToken);
            if (stale.Count > 0)
            {
                await RepeatableScripts.RunAsync(ledger, cancellationToken);
                if (stale.Contains(SkyFunctions.Schema))
                    await WorkerSchema.EnsureAsync(ledger, cancellationToken);
            }
            return changed.Count > 0 ? changed : stale;
        });
    }

    // What is taken back changes tables as they are on one machine.
    private async Task RefuseDistributedAsync(CancellationToken cancellationToken)
    {
        var isDistributed = await ledger.AskAsync(
            async connection =>
                await connection.ScalarAsync("select to_regclass('public.ledger_distribution') is not null", cancellationToken) is true
                && await connection.ScalarAsync("select exists (select 1 from public.ledger_distribution)", cancellationToken) is true,
            cancellationToken
        );
        if (isDistributed)
            throw LedgerLayout.Refusal("a migration is taken back");
    }

    private static void RefuseStrangers(IReadOnlyList<MigrationState> states)
    {
        if (SchemaStanding.StrangeAmong(states) is { } trouble)
            throw trouble;
    }
}
