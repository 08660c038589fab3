using System.Collections.Frozen;

namespace Almagest.Ledger.Views.Descriptors;

/// <summary>Which rows of a view, and in which order.</summary>
public sealed record ViewRows
{
    /// <summary>Values by the names of the view's filters.</summary>
    public IReadOnlyDictionary<string, object> Conditions { get; private init; } = FrozenDictionary<string, object>.Empty;

    /// <summary>One of the view's <see cref="AnalyticsView.SortColumns"/>; null = the first of them, or the view's usual order.</summary>
    public string? Sort { get; init; }

    /// <summary>Most rows; null = all.</summary>
    public long? Limit { get; init; }

    /// <param name="value">null = no condition</param>
    public ViewRows Where(ViewFilter filter, object? value)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return value is null ? this : this with { Conditions = new Dictionary<string, object>(Conditions) { [filter.Name] = value } };
    }
}
