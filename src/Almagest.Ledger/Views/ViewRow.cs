using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Almagest.Contract.Columns;
using Almagest.Ledger.Database;
using Almagest.Ledger.Views.Descriptors;

namespace Almagest.Ledger.Views;

/// <summary>
/// The types of rows and the columns of their views: a property is the column whose name has the same letters and digits, <c>Run1Id</c> is
/// <c>run_1_id</c>. What the properties mean is said by the descriptor alone.
/// </summary>
public static class ViewRow
{
    private static readonly ConcurrentDictionary<Type, AnalyticsView?> s_views = [];
    private static readonly NullabilityInfoContext s_nullability = new();

    /// <summary>The view whose rows are of this type; null = none.</summary>
    public static AnalyticsView? ViewOf(Type type) => s_views.GetOrAdd(type, t => AnalyticsViews.All.FirstOrDefault(v => v.RowType == t));

    /// <summary>The column, stored or computed, that a property is.</summary>
    /// <exception cref="InvalidOperationException">the row's type has a property that the descriptor does not know</exception>
    public static Column ColumnOf(AnalyticsView view, string property)
    {
        ArgumentNullException.ThrowIfNull(view);
        return view.Columns.Concat(view.Computed).FirstOrDefault(c => TypedRows.IsNamed(property, c.Name))
            ?? throw new InvalidOperationException($"{view.Name} has no column for {property}");
    }

    /// <exception cref="InvalidOperationException">the row's type has no such property</exception>
    public static PropertyInfo PropertyOf(AnalyticsView view, string column)
    {
        ArgumentNullException.ThrowIfNull(view);
        return view.RowType.GetProperties().FirstOrDefault(p => TypedRows.IsNamed(p.Name, column))
            ?? throw new InvalidOperationException($"{view.RowType.Name} has no property for {column}");
    }

    /// <summary>Whether the column can be null.</summary>
    public static bool IsNullable(AnalyticsView view, string column)
    {
        var property = PropertyOf(view, column);
        if (property.PropertyType.IsValueType)
            return Nullable.GetUnderlyingType(property.PropertyType) is not null;
        lock (s_nullability)
            return s_nullability.Create(property).ReadState == NullabilityState.Nullable;
    }

    /// <summary>Names the properties of rows in JSON as the columns are named.</summary>
    public static void NameProperties(JsonTypeInfo type)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (type.Kind != JsonTypeInfoKind.Object || ViewOf(type.Type) is not { } view)
            return;
        foreach (var property in type.Properties)
            if (property.AttributeProvider is PropertyInfo declared)
                property.Name = ColumnOf(view, declared.Name).Name;
    }
}
