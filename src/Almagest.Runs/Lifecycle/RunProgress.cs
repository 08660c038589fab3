namespace Almagest.Runs.Lifecycle;

/// <summary>A stage of a run and how far it is, 0 to 1.</summary>
/// <param name="Stage">a word; of a run that several workers share, how many of its tasks are done follows</param>
public sealed record RunProgress(string Stage, double Fraction)
{
    /// <summary>The stage without the tasks.</summary>
    public static string WordOf(string stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return stage.Split(' ')[0];
    }

    /// <summary>What follows the word of a stage: of how many tasks so many are done; empty where it has none.</summary>
    public static string TasksOf(string stage)
    {
        ArgumentNullException.ThrowIfNull(stage);
        return stage[WordOf(stage).Length..];
    }

    /// <summary>Of the whole run, 0 to 100: loading is a fifth of it, computing three, storing the last. Rough, but it never goes
    /// back.</summary>
    public double Percent =>
        WordOf(Stage) switch
        {
            "load" => 20 * Math.Clamp(Fraction, 0, 1),
            "compute" => 20 + 60 * Math.Clamp(Fraction, 0, 1),
            _ => 80 + 20 * Math.Clamp(Fraction, 0, 1),
        };
}
