namespace Almagest.Adql.Syntax;

/// <summary>A value or a condition; which of them, and of what type, the translator finds out.</summary>
/// <param name="Offset">where it starts in the query</param>
internal abstract record Expression(int Offset);

internal sealed record NumberLiteral(string Digits, bool IsInteger, int Offset) : Expression(Offset);

internal sealed record TextLiteral(string Text, int Offset) : Expression(Offset);

/// <summary>TRUE or FALSE.</summary>
internal sealed record TruthLiteral(bool IsTrue, int Offset) : Expression(Offset);

internal sealed record NullLiteral(int Offset) : Expression(Offset);

/// <summary>A column: its name, with its table's (and schema's) before it where the query has them.</summary>
internal sealed record ColumnReference(IReadOnlyList<Name> Path, int Offset) : Expression(Offset);

internal sealed record Negation(Expression Of, int Offset) : Expression(Offset);

/// <summary>Operators of one rank, from left to right: a list, so that a long chain is not a deep tree.</summary>
internal sealed record Chain(Expression First, IReadOnlyList<(string Operator, Expression Operand)> Rest, int Offset) : Expression(Offset);

internal sealed record FunctionCall(string Function, IReadOnlyList<Expression> Arguments, int Offset) : Expression(Offset);

/// <param name="Argument">null = all rows: COUNT(*)</param>
internal sealed record Aggregate(string Function, Expression? Argument, bool Distinct, int Offset) : Expression(Offset)
{
    /// <summary>What comes behind the argument.</summary>
    public IReadOnlyList<Expression> Others { get; init; } = [];
}

internal sealed record Case(Expression? Subject, IReadOnlyList<(Expression When, Expression Then)> Branches, Expression? Else, int Offset)
    : Expression(Offset);

/// <param name="Length">of a text, where it is given</param>
internal sealed record Cast(Expression Of, string Type, long? Length, int Offset) : Expression(Offset);

internal sealed record ScalarQuery(Query Query, int Offset) : Expression(Offset);

internal sealed record Comparison(Expression Left, string Operator, Expression Right, int Offset) : Expression(Offset);

/// <summary>All or any of some conditions.</summary>
internal sealed record LogicalExpression(bool All, IReadOnlyList<Expression> Conditions, int Offset) : Expression(Offset);

internal sealed record Not(Expression Condition, int Offset) : Expression(Offset);

internal sealed record Between(Expression Of, Expression Low, Expression High, bool Negated, int Offset) : Expression(Offset);

internal sealed record InList(Expression Of, IReadOnlyList<Expression> Values, bool Negated, int Offset) : Expression(Offset);

internal sealed record InQuery(Expression Of, Query Query, bool Negated, int Offset) : Expression(Offset);

internal sealed record Like(Expression Of, Expression Pattern, bool AnyCase, bool Negated, int Offset) : Expression(Offset);

internal sealed record IsNull(Expression Of, bool Negated, int Offset) : Expression(Offset);

internal sealed record Exists(Query Query, int Offset) : Expression(Offset);
