namespace Almagest.Ledger.Selections;

/// <summary>Stars by their ids in the catalogue, in the order of their characters; equal where they hold the same.</summary>
public sealed class SourceIds : SortedSet<string>, IEquatable<SourceIds>
{
    /// <summary>More do not belong into a condition.</summary>
    public const int Most = 10_000;

    public SourceIds()
        : base(StringComparer.Ordinal) { }

    public SourceIds(IEnumerable<string> ids)
        : base(ids, StringComparer.Ordinal) { }

    public bool Equals(SourceIds? other) => other is not null && this.SequenceEqual(other, StringComparer.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as SourceIds);

    public override int GetHashCode() => this.Aggregate(0, (hash, id) => HashCode.Combine(hash, id.GetHashCode(StringComparison.Ordinal)));
}
