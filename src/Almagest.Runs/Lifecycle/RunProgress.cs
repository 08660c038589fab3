namespace Almagest.Runs.Lifecycle;

/// <summary>A stage of a run and how far it is, 0 to 1.</summary>
public sealed record RunProgress(string Stage, double Fraction)
{
    /// <summary>Of the whole run, 0 to 100: loading is a fifth of it, computing three, storing the last. Rough, but it never goes
    /// back.</summary>
    public double Percent =>
        Stage switch
        {
            "load" => 20 * Math.Clamp(Fraction, 0, 1),
            "compute" => 20 + 60 * Math.Clamp(Fraction, 0, 1),
            _ => 80 + 20 * Math.Clamp(Fraction, 0, 1),
        };
}
