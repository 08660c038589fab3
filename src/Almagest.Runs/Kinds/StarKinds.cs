using Almagest.Contract.Runs;

namespace Almagest.Runs.Kinds;

/// <summary>The kind of a star.</summary>
/// <param name="Likeness">how like its reasons are to the kind's, up to 1</param>
public sealed record StarKind(int KindId, string Name, double Likeness);

/// <summary>Stars of a run with their kinds; those that are in none are not there.</summary>
/// <param name="LookedAt">stars that were looked at</param>
public sealed record StarKinds(int LookedAt, IReadOnlyDictionary<long, StarKind> Stars)
{
    /// <summary>Stars that are like a kind, and not flagged.</summary>
    public static StarKinds Of(MoreOfKindResource more)
    {
        ArgumentNullException.ThrowIfNull(more);
        return new StarKinds(more.LookedAt, more.Stars.ToDictionary(s => s.StarId, s => new StarKind(more.KindId, more.Name, s.Likeness)));
    }

    /// <summary>Those of one kind.</summary>
    public StarKinds Only(int kindId) => this with { Stars = Stars.Where(s => s.Value.KindId == kindId).ToDictionary() };
}
