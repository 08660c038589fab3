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
        await using var connection = new NpgsqlConnection(machine);
        await connection.OpenAsync();
        var names = new List<string>();
        await using (var command = new NpgsqlCommand("SELECT datname FROM pg_database", connection))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                names.Add(reader.GetString(0));
        }
        foreach (var name in names.Where(IsLeftover))
        {
            await ExecuteAsync("SET citus.enable_create_database_propagation = off", connection);
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
