namespace Almagest.Killing;

/// <summary>Who is killed.</summary>
public enum Victim
{
    /// <summary>The process that does the work: a command, or a server.</summary>
    Program,

    /// <summary>The process of PostgreSQL that the work's transaction is in; with it go all sessions.</summary>
    Backend,

    /// <summary>PostgreSQL itself.</summary>
    Postmaster,
}

/// <summary>One kill, as its number and the seed say.</summary>
/// <param name="Statement">which statement of the work, as a share of those that it has; null = at a random moment</param>
/// <param name="After">when it was answered, and not before it is sent</param>
/// <param name="Moment">share of the time that the work takes</param>
public sealed record Kill(int Number, string Kind, Victim Victim, double? Statement, bool After, double Moment)
{
    /// <summary>The kinds of work one after another, with half of the victims programs, and two of three at a statement.</summary>
    public static Kill Of(int number, int seed)
    {
        var random = new Random(unchecked(seed * 1_000_003 + number));
        return new Kill(
            number,
            LedgerWork.All[number % LedgerWork.All.Count],
            random.Next(4) switch
            {
                0 => Victim.Backend,
                1 => Victim.Postmaster,
                _ => Victim.Program,
            },
            random.Next(3) == 0 ? null : random.NextDouble(),
            random.Next(2) == 0,
            random.NextDouble()
        );
    }
}

/// <summary>What came of a kill.</summary>
/// <param name="Place">the statement at which the work stood, or the time that it had had</param>
/// <param name="Ended">whether the work had said that it was done before the kill</param>
/// <param name="Wrong">what the audits found; empty = nothing</param>
public sealed record KillOutcome(
    int Number,
    string Kind,
    Victim Victim,
    string Place,
    bool Ended,
    double Seconds,
    IReadOnlyList<string> Wrong
);
