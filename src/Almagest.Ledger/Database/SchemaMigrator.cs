using Almagest.Contract.Errors;
using Almagest.Ledger.Views;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace Almagest.Ledger.Database;

/// <summary>One migration and whether the database has it.</summary>
public sealed record MigrationState(string Id, string Name, bool Applied, bool Known);

/// <summary>Brings a database's schema up or down, and says where it stands.</summary>
public sealed class SchemaMigrator(LedgerDatabase ledger)
{
    // Two servers that start at once must not migrate at once.
    const long MigrationLock = 0x416C6D6167657374;

    public async Task<IReadOnlyList<MigrationState>> StatusAsync(CancellationToken cancellation = default)
    {
        await using var context = ledger.CreateContext();
        var known = context.Database.GetMigrations().ToList();
        var applied = await DatabaseBoundary.AskAsync(async () => (await context.Database.GetAppliedMigrationsAsync(cancellation)).ToList());
        return known.Union(applied).Order(StringComparer.Ordinal)
            .Select(id => new MigrationState(id, NameOf(id), applied.Contains(id), known.Contains(id))).ToList();
    }

    /// <summary>Applies every pending migration, and defines anew what is not defined as this program defines it; answers the names of both.</summary>
    public async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellation = default)
    {
        var applied = await GoToAsync(null, cancellation);
        if ((await StaleDefinitionsAsync(cancellation)).Count == 0) return applied;
        await using var guard = await AdvisoryLock.TakeAsync(ledger, MigrationLock, cancellation);
        // Another program may have done it while this one waited.
        var stale = await StaleDefinitionsAsync(cancellation);
        if (stale.Count == 0) return applied;
        await DatabaseBoundary.AskAsync(async () =>
        {
            await ViewRedefinition.RunAsync(ledger, cancellation);
        });
        return [.. applied, .. stale];
    }

    /// <summary>Goes up or down to a migration, by name or id; <c>0</c> takes everything away, data included.</summary>
    /// <exception cref="LedgerException">no migration has that name</exception>
    public async Task<IReadOnlyList<string>> RollbackAsync(string target, CancellationToken cancellation = default)
    {
        if (target != Migration.InitialDatabase)
        {
            var states = await StatusAsync(cancellation);
            var match = states.FirstOrDefault(s => s.Known && (s.Id.Equals(target, StringComparison.OrdinalIgnoreCase) || s.Name.Equals(target, StringComparison.OrdinalIgnoreCase)))
                ?? throw LedgerException.Of(ErrorCode.UnknownName, $"there is no migration '{target}'",
                    $"Choose one of {string.Join(", ", states.Select(s => s.Name))}, or 0 for an empty database.", "to");
            target = match.Id;
        }
        return await GoToAsync(target, cancellation);
    }

    /// <exception cref="LedgerException">the schema is older or newer than this program, or a view's definition is not today's</exception>
    public async Task EnsureCurrentAsync(CancellationToken cancellation = default)
    {
        var states = await StatusAsync(cancellation);
        if (states.FirstOrDefault(s => !s.Known) is { } unknown)
        {
            throw LedgerException.Of(ErrorCode.SchemaNewer,
                $"the database was made by a newer Almagest (it has the migration {unknown.Name})", "Use that version, or a newer one.")
                .With("migration", unknown.Name);
        }
        if (states.FirstOrDefault(s => !s.Applied) is { } pending)
        {
            throw LedgerException.Of(ErrorCode.SchemaOlder,
                $"the database's schema is older than this program (it lacks the migration {pending.Name})", "Migrate it.")
                .With("migration", pending.Name);
        }
        foreach (var view in await StaleDefinitionsAsync(cancellation))
        {
            throw LedgerException.Of(ErrorCode.ViewDefinitionStale, $"{view} is missing or not defined as this program defines it",
                "Migrate the database (the views are computed anew; nothing is lost).").With("view", view);
        }
    }

    /// <summary>Views that are missing or whose definition differs from this program's; the schema that maintains them counts as one.</summary>
    public async Task<IReadOnlyList<string>> StaleDefinitionsAsync(CancellationToken cancellation = default)
    {
        await using var connection = await ledger.ConnectAsync(cancellation);
        await using var command = connection.CreateCommand();
        command.CommandText = """
            select relname, obj_description(oid, 'pg_class') from pg_class where relnamespace = 'public'::regnamespace and relkind in ('m', 'v')
            union all
            select nspname, obj_description(oid, 'pg_namespace') from pg_namespace
            """;
        var found = new Dictionary<string, string?>();
        await using (var reader = await command.ExecuteReaderAsync(cancellation))
        {
            while (await reader.ReadAsync(cancellation))
                found[reader.GetString(0)] = reader.IsDBNull(1) ? null : reader.GetString(1);
        }
        return AnalyticsViews.All.Select(v => (v.Name, v.Fingerprint)).Append((IncrementalSql.Schema, IncrementalSql.Fingerprint))
            .Where(d => found.GetValueOrDefault(d.Item1) != d.Item2).Select(d => d.Item1).ToList();
    }

    async Task<IReadOnlyList<string>> GoToAsync(string? target, CancellationToken cancellation)
    {
        await using var guard = await AdvisoryLock.TakeAsync(ledger, MigrationLock, cancellation);
        var before = await StatusAsync(cancellation);
        if (target is null && before.FirstOrDefault(s => !s.Known) is { } unknown)
        {
            throw LedgerException.Of(ErrorCode.SchemaNewer,
                $"the database was made by a newer Almagest (it has the migration {unknown.Name})", "Use that version, or a newer one.")
                .With("migration", unknown.Name);
        }
        await using (var context = ledger.CreateContext())
        {
            // Building the views over a large ledger takes its time.
            context.Database.SetCommandTimeout(TimeSpan.FromHours(6));
            await DatabaseBoundary.AskAsync(async () =>
            {
                await context.GetService<IMigrator>().MigrateAsync(target, cancellation);
            });
        }
        var after = await StatusAsync(cancellation);
        return after.Where(a => a.Applied != before.First(b => b.Id == a.Id).Applied).Select(a => a.Name).ToList();
    }

    static string NameOf(string id) => id.Length > 15 && id[14] == '_' ? id[15..] : id;
}
