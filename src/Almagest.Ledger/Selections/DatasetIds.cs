namespace Almagest.Ledger.Selections;

/// <summary>Ids of datasets, ascending; equal where they hold the same.</summary>
public sealed class DatasetIds : SortedSet<long>, IEquatable<DatasetIds>
{
    public DatasetIds() { }

    public DatasetIds(IEnumerable<long> ids)
        : base(ids) { }

    public bool Equals(DatasetIds? other) => other is not null && this.SequenceEqual(other);

    public override bool Equals(object? obj) => Equals(obj as DatasetIds);

    public override int GetHashCode() => this.Aggregate(0, HashCode.Combine);
}
