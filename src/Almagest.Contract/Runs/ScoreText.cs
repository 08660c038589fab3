namespace Almagest.Contract.Runs;

/// <summary>What is said of scores wherever they are shown.</summary>
public static class ScoreText
{
    /// <summary>Why a star has no mean score.</summary>
    public const string Mixed = "flagged by runs of different algorithms, whose scores have no common scale";
}
