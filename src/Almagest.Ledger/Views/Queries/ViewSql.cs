using System.Text;
using Almagest.Contract.Errors;
using Almagest.Ledger.Views.Descriptors;
using Npgsql;

namespace Almagest.Ledger.Views.Queries;

/// <summary>The one statement by which rows of a view are read, whether they become JSON, a table or a page.</summary>
internal sealed class ViewSql
{
    private readonly List<object> _values = [];

    /// <exception cref="LedgerException">there is no such column to sort by</exception>
    /// <exception cref="ArgumentException">a condition that the view does not have</exception>
    public ViewSql(AnalyticsView view, ViewRows rows)
    {
        var sql = new StringBuilder("select ").AppendJoin(", ", view.Columns.Select(c => c.Name)).Append(" from public.").Append(view.Name);
        var words = new List<string>();
        foreach (var (name, value) in rows.Conditions)
        {
            var filter =
                view.Filters.FirstOrDefault(f => f.Name == name)
                ?? throw new ArgumentException($"the view has no filter {name}", nameof(rows));
            sql.Append(_values.Count == 0 ? " where " : " and ").AppendFormat(null, filter.Condition, $"@p{_values.Count}");
            _values.Add(value);
            if (filter.Describe(value) is { } said)
                words.Add(said);
        }
        Order = OrderOf(view, rows.Sort);
        sql.Append(" order by ").Append(Order);
        if (rows.Limit is { } limit)
        {
            sql.Append(" limit @p").Append(_values.Count);
            _values.Add(limit);
        }
        Text = sql.ToString();
        Description =
            $"{(rows.Limit is { } most ? $"the first {most} of " : "")}{(words.Count == 0 ? "all" : string.Join(", ", words))}; "
            + $"order: {Order}";
    }

    /// <summary>With parameters <c>@p0</c>, <c>@p1</c> …</summary>
    public string Text { get; }

    /// <summary>Which rows, and in which order, for a file's provenance.</summary>
    public string Description { get; }

    private string Order { get; }

    /// <summary>New ones each time: a parameter belongs to one command.</summary>
    public NpgsqlParameter[] Parameters() => [.. _values.Select((value, i) => new NpgsqlParameter($"p{i}", value))];

    private static string OrderOf(AnalyticsView view, string? sort)
    {
        if (view.SortColumns is not [var standard, ..])
            return view.Order;
        var by = sort ?? standard;
        // Only names of the list come into the SQL.
        if (!view.SortColumns.Contains(by))
            throw LedgerException.Invalid("sort", $"sort is '{by}', expected {string.Join(" or ", view.SortColumns)}");
        // Of a column without nulls "nulls last" would keep the planner from its index.
        return $"{by} desc{(ViewRow.IsNullable(view, by) ? " nulls last" : "")}, {view.Order}";
    }
}
