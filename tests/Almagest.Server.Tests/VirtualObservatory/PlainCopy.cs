using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Npgsql;
using Xunit;

namespace Almagest.Server.Tests.VirtualObservatory;

/// <summary>Files copied into PostgreSQL as they are, in the schema <c>plain</c>, and queries asked of them and of the datasets that were
/// loaded from them.</summary>
internal static partial class PlainCopy
{
    /// <summary>Makes the schema, with <c>plain.sep</c> (degrees between two positions) and <c>plain.side</c> (not below 0 to the left of a
    /// great circle).</summary>
    public static Task PrepareAsync(NpgsqlConnection connection) =>
        ExecuteAsync(
            connection,
            """
            create schema plain;
            create function plain.vector(ra float8, "dec" float8) returns float8[] language sql immutable as
              $$ select array[cosd("dec") * cosd(ra), cosd("dec") * sind(ra), sind("dec")] $$;
            create function plain.sep(ra1 float8, dec1 float8, ra2 float8, dec2 float8) returns float8 language sql immutable as
              $$ select 2 * asind(sqrt((a[1] - b[1]) ^ 2 + (a[2] - b[2]) ^ 2 + (a[3] - b[3]) ^ 2) / 2)
                 from (select plain.vector(ra1, dec1) a, plain.vector(ra2, dec2) b) v $$;
            create function plain.side(ra1 float8, dec1 float8, ra2 float8, dec2 float8, ra float8, "dec" float8) returns float8
              language sql immutable as
              $$ select (a[2] * b[3] - a[3] * b[2]) * p[1] + (a[3] * b[1] - a[1] * b[3]) * p[2] + (a[1] * b[2] - a[2] * b[1]) * p[3]
                 from (select plain.vector(ra1, dec1) a, plain.vector(ra2, dec2) b, plain.vector(ra, "dec") p) v $$;
            """
        );

    /// <summary>Asks each query, and the same in SQL, which is the query itself where there is none.</summary>
    /// <param name="tables">placeholders and the names of their tables</param>
    /// <returns>what differs, a query a line</returns>
    public static async Task<List<string>> DifferencesAsync(
        TestServer server,
        NpgsqlConnection connection,
        IEnumerable<(string Adql, string? Sql)> queries,
        params (string Placeholder, string Name)[] tables
    )
    {
        var wrong = new List<string>();
        foreach (var (adql, sql) in queries)
        {
            var found = await AskAsync(server, Named(adql, "dataset"));
            var expected = await DirectAsync(connection, Named(sql ?? Limited(adql), "plain"));
            if (Difference(expected, found) is { } difference)
                wrong.Add($"{adql}: {difference}");
        }
        return wrong;

        string Named(string query, string schema) =>
            tables.Aggregate(query, (q, t) => q.Replace(t.Placeholder, $"{schema}.{t.Name}", StringComparison.Ordinal));
    }

    private static string Limited(string adql) =>
        Top().Match(adql) is { Success: true } top ? $"{Top().Replace(adql, "SELECT", 1)} LIMIT {top.Groups[1].Value}" : adql;

    [GeneratedRegex("SELECT TOP ([0-9]+)")]
    private static partial Regex Top();

    /// <summary>Copies a CSV file whose first line has the names of its columns.</summary>
    /// <param name="type">of a column, by its name</param>
    public static async Task AddAsync(NpgsqlConnection connection, string file, string name, Func<string, string> type)
    {
        var lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        var columns = lines[0].Split(',').Select(c => $"\"{c}\" {type(c)}");
        await ExecuteAsync(connection, $"create table plain.{name} ({string.Join(", ", columns)})");
        await using (
            var writer = await connection.BeginTextImportAsync(
                $"copy plain.{name} from stdin (format csv)",
                TestContext.Current.CancellationToken
            )
        )
        {
            foreach (var line in lines.Skip(1))
                await writer.WriteAsync(line + "\n");
        }
        await ExecuteAsync(connection, $"create index on plain.{name} (\"dec\"); analyze plain.{name}");
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private static async Task<List<string[]>> AskAsync(TestServer server, string adql)
    {
        var answer = await server.GetAsync($"/vo/tap/sync?LANG=ADQL&RESPONSEFORMAT=tsv&MAXREC=1000000&QUERY={Uri.EscapeDataString(adql)}");
        Assert.True(answer.Status == HttpStatusCode.OK, $"{adql}\n{answer.Text}");
        return [.. answer.Text.Split('\n').SkipLast(1).Skip(1).Select(r => r.Split('\t'))];
    }

    private static async Task<List<string[]>> DirectAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        var rows = new List<string[]>();
        while (await reader.ReadAsync(TestContext.Current.CancellationToken))
            rows.Add([
                .. Enumerable
                    .Range(0, reader.FieldCount)
                    .Select(i => reader.IsDBNull(i) ? "" : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture)!),
            ]);
        return rows;
    }

    private static string? Difference(List<string[]> expected, List<string[]> found)
    {
        if (expected.Count != found.Count)
            return $"{found.Count} rows, expected {expected.Count}";
        for (var i = 0; i < expected.Count; i++)
        {
            for (var j = 0; j < expected[i].Length; j++)
            {
                if (!IsEqual(expected[i][j], found[i][j]))
                    return $"row {i + 1}, column {j + 1}: {found[i][j]}, expected {expected[i][j]}";
            }
        }
        return null;
    }

    private static bool IsEqual(string expected, string found) =>
        expected.Equals(found, StringComparison.OrdinalIgnoreCase)
        || (
            // Ids are compared to their last digit.
            !(long.TryParse(expected, out var a) && long.TryParse(found, out var b) && a != b)
            && double.TryParse(expected, NumberStyles.Float, CultureInfo.InvariantCulture, out var x)
            && double.TryParse(found, NumberStyles.Float, CultureInfo.InvariantCulture, out var y)
            && Math.Abs(x - y) <= 1e-9 * Math.Max(1, Math.Abs(x))
        );
}
