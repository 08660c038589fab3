namespace Almagest.Ledger.Selections;

/// <summary>
/// A random sample of stars: those with the lowest MD5 of seed and source_id, so that the same seed takes the same stars of the same
/// catalogue in whatever ledger, and a larger sample contains a smaller one.
/// </summary>
/// <param name="N">how many stars, at least 1; all of them where there are fewer</param>
/// <param name="Seed">any whole number</param>
public sealed record StarSample(long N, long Seed = 42);

/// <summary>Ranges of columns by name, in the order of their names; equal where they hold the same.</summary>
public sealed class ExtraRanges : SortedDictionary<string, Bounds>, IEquatable<ExtraRanges>
{
    public ExtraRanges()
        : base(StringComparer.Ordinal) { }

    public bool Equals(ExtraRanges? other) => other is not null && this.SequenceEqual(other);

    public override bool Equals(object? obj) => Equals(obj as ExtraRanges);

    public override int GetHashCode() => this.Aggregate(0, (hash, pair) => HashCode.Combine(hash, pair.Key, pair.Value));
}
