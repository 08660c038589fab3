namespace Almagest.Adql.Syntax;

/// <summary>A whole query, or one in parentheses.</summary>
/// <param name="Skip">OFFSET</param>
internal sealed record Query(IReadOnlyList<NamedQuery> With, QueryBody Body, IReadOnlyList<OrderTerm> Order, long? Skip, int Offset);

/// <summary>A query that WITH gives a name.</summary>
internal sealed record NamedQuery(Name Name, Query Query);

internal abstract record QueryBody(int Offset);

/// <summary>UNION, EXCEPT or INTERSECT.</summary>
internal sealed record Combination(QueryBody Left, string Operator, bool All, QueryBody Right, int Offset) : QueryBody(Offset);

internal sealed record ParenthesizedQuery(Query Query, int Offset) : QueryBody(Offset);

/// <summary>SELECT.</summary>
/// <param name="From">tables apart by commas</param>
internal sealed record Selection(
    bool Distinct,
    long? Top,
    IReadOnlyList<SelectItem> Items,
    IReadOnlyList<TableExpression> From,
    Expression? Where,
    IReadOnlyList<Expression> GroupBy,
    Expression? Having,
    int Offset
) : QueryBody(Offset);

internal abstract record SelectItem(int Offset);

/// <param name="Table">empty = all tables</param>
internal sealed record AllColumns(IReadOnlyList<Name> Table, int Offset) : SelectItem(Offset);

internal sealed record SelectValue(Expression Value, Name? Alias, int Offset) : SelectItem(Offset);

internal abstract record TableExpression(int Offset);

internal sealed record TableReference(IReadOnlyList<Name> Path, Name? Alias, int Offset) : TableExpression(Offset);

internal sealed record DerivedTable(Query Query, Name Alias, int Offset) : TableExpression(Offset);

/// <param name="Kind">inner, left, right or full</param>
/// <param name="Using">null = by ON, or all common columns where natural</param>
internal sealed record Join(
    TableExpression Left,
    string Kind,
    TableExpression Right,
    bool Natural,
    Expression? On,
    IReadOnlyList<Name>? Using,
    int Offset
) : TableExpression(Offset);

internal sealed record OrderTerm(Expression By, bool Descending, int Offset);
