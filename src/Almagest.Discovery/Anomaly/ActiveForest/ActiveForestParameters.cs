using System.Globalization;
using Almagest.Discovery.Abstractions;

namespace Almagest.Discovery.Anomaly.ActiveForest;

/// <summary>The parameters of an isolation forest, and the answers by which its leaves are reweighted.</summary>
public sealed record ActiveForestParameters : AnomalyParameters
{
    public const string Name = "active";

    [Parameter("Trees", Label = "Trees", Min = 1, Max = 10_000, Unit = "trees", Option = "trees")]
    public int NEstimators { get; init; } = 100;

    [Parameter("Stars drawn for each tree", Label = "Stars per tree", Min = 2, Max = 65_536, Unit = "stars", Option = "subsample")]
    public int MaxSamples { get; init; } = 256;

    [Parameter("Random seed: the same seed gives the same rows", Label = "Seed", Option = "seed", ValueName = "S")]
    public long RandomState { get; init; } = 42;

    /// <inheritdoc/>
    /// <remarks>What an eye said of a star was said of its measured values; that other values would be flagged is another
    /// question.</remarks>
    [Parameter("Always 0: the answers are of the values as they were measured", Label = "Draws within the errors", Min = 0, Max = 0)]
    public override int Draws { get; init; }

    /// <summary>As <see cref="ReviewAnswers.Text"/> writes them.</summary>
    [Parameter(
        "The answers, one a line: y (interesting), n (ordinary) or s (skipped), a blank, and the star's source_id",
        Label = "Answers",
        ValueName = "TEXT",
        WhenNull = "none: the scores are those of the isolation forest"
    )]
    public string? Answers { get; init; }

    /// <summary>SHA-256 of <see cref="Answers"/>, so that what was learned from can be named in few characters.</summary>
    [Parameter(
        "SHA-256 of the answers, which they are held to",
        Label = "Hash of the answers",
        ValueName = "HASH",
        WhenNull = "not checked"
    )]
    public string? AnswersHash { get; init; }

    /// <summary>Where the answers were given.</summary>
    [Parameter("The set of labels that the answers are from", Label = "Label set", ValueName = "NAME", WhenNull = "not said")]
    public string? LabelSet { get; init; }

    public override Algorithm Algorithm => ActiveForestAlgorithm.Instance;

    public override IReadOnlyList<string> Summary => [string.Create(CultureInfo.InvariantCulture, $"{100 * Contamination:0.##} %")];

    public override IReadOnlyList<string> Details(bool brief)
    {
        var usual = (ActiveForestParameters)Algorithm.Defaults;
        var words = new List<string> { ReviewAnswers.Parse(Answers).ToString() };
        if (!brief || (NEstimators, MaxSamples) != (usual.NEstimators, usual.MaxSamples))
            words.Add($"{NEstimators}×{MaxSamples}");
        words.Add($"seed {RandomState}");
        return words;
    }

    /// <inheritdoc/>
    protected override void ValidateTogether()
    {
        var answers = ReviewAnswers.Parse(Answers);
        if (AnswersHash is { } hash && hash != answers.Hash)
            throw new ParameterException(
                "answers_hash",
                $"answers_hash is {hash}, and the answers have {answers.Hash}",
                "They are not those that the hash was made of. Leave the hash out to take them as they are."
            );
    }
}
