using Almagest.Adql.Schema;
using Almagest.Adql.Units;

namespace Almagest.Adql.Sql;

/// <summary>One column of an answer.</summary>
/// <param name="Source">the published column that it is, null where it is computed</param>
public sealed record ResultColumn(string Name, PublishedType Type, PublishedColumn? Source)
{
    /// <summary>Its unit as it is written; null where it has none, or it is not known.</summary>
    public string? Unit => Source?.Unit ?? Measure?.Text;

    internal Unit? Measure { get; init; }

    internal bool IsTruth { get; init; }

    internal bool MayBeTruth { get; init; }
}

/// <summary>A translated query.</summary>
/// <param name="Text">one SELECT for PostgreSQL; its only values are parameters, <c>$1</c> …</param>
/// <param name="Parameters">
/// <see cref="long"/>, <see cref="double"/>, <see cref="string"/>, <see cref="Guid"/>, <see cref="DateTime"/> (UTC), or an array of one of
/// them
/// </param>
/// <param name="Columns">as they are answered; never two of one name</param>
public sealed record SqlQuery(string Text, IReadOnlyList<object> Parameters, IReadOnlyList<ResultColumn> Columns);
