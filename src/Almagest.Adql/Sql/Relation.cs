using Almagest.Adql.Schema;
using Almagest.Adql.Syntax;

namespace Almagest.Adql.Sql;

/// <summary>A table of a FROM clause.</summary>
/// <param name="label">how columns name it: its alias, or the table's own name</param>
/// <param name="table">the published table, where it is one</param>
/// <param name="alias">its alias in SQL</param>
internal sealed class Relation(string label, PublishedTable? table, string alias)
{
    /// <summary>The name of the one catalogue of schemas, which may stand before a schema's name.</summary>
    public const string Catalogue = "almagest";

    public string Label => label;

    public PublishedTable? Table => table;

    public string Alias => alias;

    /// <summary>Whether a schema may stand before the label: not where the query gave an alias.</summary>
    public bool HasOwnName { get; init; }

    public IReadOnlyList<(string Name, Value Value)> Columns { get; set; } = [];

    /// <summary>Whether a path of a table's name means this.</summary>
    public bool IsNamed(IReadOnlyList<Name> path) =>
        path.Count > 0
        && path[^1].Matches(label)
        && (
            path.Count == 1
            || (
                HasOwnName
                && table is not null
                && path[^2].Matches(table.Schema)
                && (path.Count == 2 || (path.Count == 3 && path[0].Matches(Catalogue)))
            )
        );
}

/// <summary>What the names of a query mean at one place: its tables, and the queries around it.</summary>
/// <param name="Visible">the columns in the order of <c>*</c>; those of USING once</param>
internal sealed record Scope(Scope? Outer, IReadOnlyList<Relation> Relations, IReadOnlyList<(string Name, Value Value)> Visible)
{
    public Value Find(ColumnReference column)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.TryFind(column) is { } found)
                return found;
        }
        throw Missing(column);
    }

    public Value? TryFind(ColumnReference column)
    {
        var name = column.Path[^1];
        if (column.Path.Count == 1)
            return Single(Visible, name);
        var table = column.Path.Take(column.Path.Count - 1).ToList();
        var named = Relations.Where(r => r.IsNamed(table)).ToList();
        if (named.Count > 1)
            throw new SyntaxException(
                column.Offset,
                $"{string.Join('.', table)} names more than one table here; give them different names with AS"
            );
        if (named.Count == 0)
            return null;
        return Single(named[0].Columns, name)
            ?? throw new SyntaxException(name.Offset, $"{named[0].Label} has no column {name}; {Known(named[0].Columns, name)}");
    }

    private static Value? Single(IReadOnlyList<(string Name, Value Value)> columns, Name name)
    {
        Value? found = null;
        foreach (var (published, value) in columns)
        {
            if (!name.Matches(published))
                continue;
            if (found is not null)
                throw new SyntaxException(
                    name.Offset,
                    $"the column {name} is in more than one table here; write the table's name before it, with a dot between"
                );
            found = value;
        }
        return found;
    }

    private SyntaxException Missing(ColumnReference column)
    {
        var path = string.Join('.', column.Path);
        return column.Path.Count == 1
            ? new SyntaxException(column.Offset, $"there is no column {path} here; {Known(Visible, column.Path[0])}")
            : new SyntaxException(
                column.Offset,
                $"there is no table {string.Join('.', column.Path.Take(column.Path.Count - 1))} in this query: its tables are "
                    + $"{string.Join(", ", Relations.Select(r => r.Label))}"
            );
    }

    // The names that share most with the one that was written come first: likely it is one of them.
    private static string Known(IReadOnlyList<(string Name, Value Value)> columns, Name wanted)
    {
        var text = wanted.Text.ToLowerInvariant();
        var near = columns.Select(c => c.Name).Distinct().OrderByDescending(n => Likeness(n.ToLowerInvariant(), text)).Take(12);
        return $"there are {string.Join(", ", near.Select(ReservedWords.Written))}{(columns.Count > 12 ? " and others" : "")}";
    }

    private static int Likeness(string a, string b) =>
        (a.Contains(b, StringComparison.Ordinal) || b.Contains(a, StringComparison.Ordinal) ? 100 : 0)
        + Enumerable.Range(0, Math.Min(a.Length, b.Length)).TakeWhile(i => a[i] == b[i]).Count();
}
