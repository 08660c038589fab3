using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Npgsql;

namespace Almagest.Testing;

/// <summary>Databases of test programs that have ended: a Citus outlives them, and their templates are kept until then.</summary>
internal static partial class CitusLeftovers
{
    public static async Task DropAsync(string machine)
    {
        // Another program may be at it. The lock ends with the connection, which is no pooled one.
        await using var connection = new NpgsqlConnection(machine + ";Pooling=false");
        await connection.OpenAsync();
        await ExecuteAsync("SELECT pg_advisory_lock(hashtext('leftovers of tests'))", connection);
        await ExecuteAsync("SET citus.enable_create_database_propagation = off", connection);
        var found = new List<(string Name, bool IsTemplate)>();
        await using (var command = new NpgsqlCommand("SELECT datname, datistemplate FROM pg_database", connection))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                found.Add((reader.GetString(0), reader.GetBoolean(1)));
        }
        foreach (var (name, isTemplate) in found.Where(f => IsLeftover(f.Name)))
        {
            if (isTemplate)
                await ExecuteAsync($"ALTER DATABASE {name} IS_TEMPLATE false", connection);
            await ExecuteAsync($"DROP DATABASE IF EXISTS {name} WITH (FORCE)", connection);
        }
    }

    // One that has this program's number is of an earlier one, for this one has made none yet.
    private static bool IsLeftover(string database)
    {
        if (Name().Match(database) is not { Success: true } match)
            return false;
        var owner = int.Parse(match.Groups[match.Groups[1].Success ? 1 : 2].Value, CultureInfo.InvariantCulture);
        if (owner == Environment.ProcessId)
            return true;
        try
        {
            using var process = Process.GetProcessById(owner);
            return false;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    private static async Task ExecuteAsync(string sql, NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync();
    }

    [GeneratedRegex(@"^(?:test_(\d{1,9})_\d+|template_\w+_(\d{1,9}))$")]
    private static partial Regex Name();
}
