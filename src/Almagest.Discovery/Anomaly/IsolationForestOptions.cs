namespace Almagest.Discovery.Anomaly;

/// <summary>The parameters of an isolation forest; the defaults are those of Liu, Ting and Zhou (2008) and of scikit-learn.</summary>
/// <remarks>
/// More trees make scores steadier at a proportional cost: between two seeds, scores of 100 trees rank stars nearly alike, and 400
/// halve what is left of the difference. A larger subsample sees finer structure and deeper trees, but hides anomalies that come in groups
/// (masking); 256 is enough for most catalogues. The contamination sets the threshold only and can be changed afterwards.
/// </remarks>
public sealed record IsolationForestOptions
{
    public const int MinStars = 5;

    /// <summary>Number of trees, 1 to 10,000.</summary>
    public int Trees { get; init; } = 100;

    /// <summary>Stars drawn without replacement for each tree, 2 to 65,536; all of them where the selection has fewer.</summary>
    public int Subsample { get; init; } = 256;

    /// <summary>The share of stars to flag, in (0, 0.5].</summary>
    public double Contamination { get; init; } = 0.05;

    /// <summary>The same seed, rows and parameters give the same scores at any thread count.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>Threads to use; 0 = one per core. Never changes a score.</summary>
    public int MaxThreads { get; init; }

    /// <exception cref="DiscoveryException">a value is out of its range</exception>
    public void Validate()
    {
        Require(Trees is >= 1 and <= 10_000, "trees", Trees, "1 to 10,000");
        Require(Subsample is >= 2 and <= 65_536, "subsample", Subsample, "2 to 65,536");
        Require(MaxThreads >= 0, "max_threads", MaxThreads, "0 (one per core) or more");
        RequireContamination(Contamination);
    }

    internal static void RequireContamination(double contamination) =>
        Require(contamination is > 0 and <= 0.5, "contamination", contamination, "a share in (0, 0.5], such as 0.05 for 5 %");

    static void Require(bool ok, string name, double found, string expected)
    {
        if (!ok) throw new DiscoveryException($"Isolation forest: {name} is {found}, expected {expected}.");
    }
}
