using System.Linq.Expressions;
using Almagest.Contract.Errors;

namespace Almagest.Ledger.Analytics;

/// <summary>The columns by which the rows of one view can be sorted, by the names of the view; largest or newest first, nulls last.</summary>
public sealed class Sorting<T>
{
    readonly Dictionary<string, Func<IQueryable<T>, IOrderedQueryable<T>>> columns = [];

    /// <summary>In the order in which they are documented; the first is the default.</summary>
    public IReadOnlyList<string> Columns => [.. columns.Keys];

    internal Sorting<T> By<TKey>(string column, Expression<Func<T, TKey>> key)
    {
        var nullable = !typeof(TKey).IsValueType || Nullable.GetUnderlyingType(typeof(TKey)) is not null;
        columns[column] = rows => nullable
            ? rows.OrderBy(Expression.Lambda<Func<T, bool>>(Expression.Equal(key.Body, Expression.Constant(null, typeof(TKey))), key.Parameters)).ThenByDescending(key)
            : rows.OrderByDescending(key);
        return this;
    }

    /// <exception cref="LedgerException">there is no such column</exception>
    internal IOrderedQueryable<T> Apply(IQueryable<T> rows, string? column) =>
        columns.TryGetValue(column ?? Columns[0], out var sort) ? sort(rows)
        : throw LedgerException.Invalid("sort", $"sort is '{column}', expected {string.Join(" or ", Columns)}");
}
