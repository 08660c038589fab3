using System.Text.RegularExpressions;
using Almagest.Ledger.Distribution;
using Almagest.Testing;
using Xunit;

namespace Almagest.Ledger.Tests.Distribution;

/// <summary>All SQL of the program, for forms that a distributed ledger refuses. Needs no database.</summary>
public sealed partial class DistributableSqlTests
{
    private static readonly string s_tables = string.Join('|', DistributedTable.All.Select(t => t.Name));

    /// <summary>Every file that holds SQL of today: what migrations did is done before a ledger can be distributed.</summary>
    private static IEnumerable<(string Name, string Text)> Sources()
    {
        foreach (
            var project in new[]
            {
                "Almagest.Ledger",
                "Almagest.Runs",
                "Almagest.Server",
                "Almagest.Adql",
                "Almagest.Dashboard",
                "Almagest.Cli",
            }
        )
        {
            var folder = Path.Combine(SourceTree.Root, "src", project);
            foreach (var file in Directory.EnumerateFiles(folder, "*.*", SearchOption.AllDirectories))
            {
                var name = Path.GetRelativePath(folder, file).Replace('\\', '/');
                if (Path.GetExtension(file) is not (".cs" or ".sql") || Skipped().IsMatch(name))
                    continue;
                yield return ($"{project}/{name}", Comment().Replace(File.ReadAllText(file), ""));
            }
        }
    }

    [Fact]
    public void A_subquery_that_is_asked_for_its_rows_selects_something()
    {
        var sources = Sources().ToList();
        Assert.Contains(sources, s => s.Text.Contains("exists (select 1 from", StringComparison.Ordinal));
        Assert.Empty(sources.Where(s => EmptySelect().IsMatch(s.Text)).Select(s => s.Name));
    }

    [Fact]
    public void No_function_of_plain_sql_reads_a_distributed_table()
    {
        var bodies = Sources()
            .Where(s => s.Name.EndsWith(".sql", StringComparison.Ordinal))
            .SelectMany(s => SqlFunction().Matches(s.Text).Select(m => (s.Name, Body: m.Value)))
            .ToList();
        Assert.True(bodies.Count > 5);
        Assert.Empty(bodies.Where(b => Regex.IsMatch(b.Body, $@"\b({s_tables})\b")).Select(b => b.Name));
    }

    [Fact]
    public void No_statement_relies_on_an_index_of_source_ids_or_on_a_hidden_column()
    {
        Assert.Empty(
            Sources().Where(s => Regex.IsMatch(s.Text, @"on conflict \(dataset_id, source_id\)|\bxmax\b|\bctid\b")).Select(s => s.Name)
        );
    }

    [Fact]
    public void Triggers_on_distributed_tables_are_made_where_they_are_not_distributed()
    {
        var made = Sources().Where(s => Regex.IsMatch(s.Text, $@"create trigger \w+ [\w\s]+ on public\.({s_tables})\b")).ToList();
        Assert.Equal(3, made.Count);
        Assert.All(
            made,
            s => Assert.Contains("if exists (select 1 from public.ledger_distribution) then return", s.Text, StringComparison.Ordinal)
        );
    }

    /// <summary>A table of the coordinator in a subquery that names a row of a distributed one, or the other way round.</summary>
    [Fact]
    public void No_row_of_a_distributed_table_is_looked_for_in_another_one_by_a_correlated_subquery()
    {
        var found = new List<string>();
        foreach (var (name, text) in Sources())
        {
            foreach (Match match in Correlated().Matches(text))
            {
                var inner = match.Groups["inner"].Value;
                var outer = Outer(text, match.Index);
                var distributed = Regex.IsMatch(inner, $"^({s_tables})$");
                if (outer.Length > 0 && outer.All(o => Regex.IsMatch(o, $"^({s_tables})$") != distributed))
                    found.Add($"{name}: {outer[0]} and {inner}");
            }
        }
        Assert.Empty(found);
    }

    // Tables of the statement around it, before it.
    private static string[] Outer(string text, int index)
    {
        var start = Math.Max(text.LastIndexOf("\"\"\"", index, StringComparison.Ordinal), text.LastIndexOf(';', index));
        return [.. From().Matches(text[Math.Max(0, start)..index]).Select(m => m.Groups[1].Value)];
    }

    [GeneratedRegex(@"Migrations/|/obj/|^obj/|^bin/|Model/Compiled/")]
    private static partial Regex Skipped();

    [GeneratedRegex(@"(?m)^\s*(--|//).*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\bselect\s+from\b")]
    private static partial Regex EmptySelect();

    [GeneratedRegex(@"create (or replace )?function [^$]*language\s+sql[^$]*\$\$.*?\$\$", RegexOptions.Singleline)]
    private static partial Regex SqlFunction();

    [GeneratedRegex(@"exists \(\s*select 1 from (?:public|view_summaries)\.(?<inner>\w+) (?<alias>\w) where \k<alias>\.\w+ = \w\.\w+")]
    private static partial Regex Correlated();

    [GeneratedRegex(@"(?:from|join) (?:public|view_summaries)\.(\w+)")]
    private static partial Regex From();
}
