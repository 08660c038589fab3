using System.Globalization;
using Almagest.Discovery.Anomaly;
using Almagest.Ledger.Model;

namespace Almagest.Runs.Explanation;

/// <summary>Why a star has its score in a run.</summary>
/// <param name="Score">the stored score: negative = anomalous</param>
/// <param name="Offset">the run's threshold on raw scores: <c>Explanation.RawScore</c> - offset = score</param>
/// <param name="Explanation">from the model itself; what makes the star most anomalous comes first</param>
/// <param name="Imputed">the features whose value rests on a median, because the catalogue has no value for this star</param>
public sealed record RunExplanation(
    DiscoveryRun Run,
    Star Star,
    double Score,
    double Offset,
    AnomalyExplanation Explanation,
    IReadOnlySet<string> Imputed
)
{
    /// <summary>A lesser part is not worth a name in a sentence.</summary>
    private const double WorthNaming = 0.15;

    private const int MostNamed = 3;

    public bool IsAnomaly => Score < 0;

    /// <summary>Whether it is of a review, whose answers no run has been made with: the score is what a checkpoint would store.</summary>
    public bool IsOfReview { get; init; }

    /// <summary>The chance that the star's true values are flagged, given what was measured; null where the run has none of it.</summary>
    public double? FlagProbability { get; init; }

    /// <summary>Standard deviation of the score over the draws within its errors.</summary>
    public double? ScoreSpread { get; init; }

    /// <summary>What the star's errors make of it, in one sentence; null where they are not known, or not looked at.</summary>
    public string? ChanceSentence =>
        FlagProbability is { } chance
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"Within the errors of its measurements its score scatters by {ScoreSpread:0.###}; the chance that its true values are "
                    + $"flagged is {chance:0.00}."
            )
            : null;

    private string Verdict =>
        IsOfReview ? $"{(IsAnomaly ? "would" : "would not")} be flagged by a checkpoint made now"
        : IsAnomaly ? "is flagged"
        : "is not flagged";

    /// <summary>The explanation in one sentence.</summary>
    public string Sentence
    {
        get
        {
            var (measure, measured, expected) = (Explanation.Measure, Explanation.Measured, Explanation.Expected);
            var head =
                $"Star {Star.SourceId} {Verdict} (score {Signed(Score)}): "
                + (
                    measure == ScoreMeasure.PathLength
                        ? string.Create(
                            CultureInfo.InvariantCulture,
                            $"{measured:0.0} splits isolate it, where {expected:0.0} are expected"
                        )
                        : $"its {measure.Title} is {Number(measured)}{Unit(measure)}, against {Number(expected)} {measure.Ordinary}"
                );
            var named = Explanation.Features.Where(f => f.Share >= WorthNaming).Take(MostNamed).Select(Words).ToList();
            if (named.Count == 0)
                return head + ".";
            var join = measure.Towards(measured - expected) > 0 ? "mostly for" : "although it stands out by";
            return $"{head}, {join} {(named.Count == 1 ? named[0] : $"{string.Join(", ", named[..^1])} and {named[^1]}")}.";
        }
    }

    /// <summary>What a feature does to what is measured, in one word.</summary>
    public string Effect(FeatureAttribution f) =>
        Explanation.Measure.FallsWhenAnomalous ? (f.Change < 0 ? "shorter" : "longer")
        : f.Change > 0 ? "larger"
        : "smaller";

    private static string Unit(ScoreMeasure measure) => Unit(measure.Unit);

    private static string Unit(string unit) => unit.Length == 0 ? "" : $" {unit}";

    // Three decimals of a score that is a squared distance would be noise, and of one that is a share too few.
    private static string Signed(double score) =>
        Math.Abs(score) >= 1000
            ? score.ToString("+0;-0", CultureInfo.InvariantCulture)
            : score.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture);

    private string Words(FeatureAttribution f) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{f.Name} = {Number(f.Value, f.Unit)}{Unit(f.Unit)}{(Imputed.Contains(f.Name) ? ", imputed" : "")} " + $"({Place(f)})"
        );

    private static string Place(FeatureAttribution f) =>
        f.Above >= f.Below
            ? string.Create(CultureInfo.InvariantCulture, $"above {Math.Floor(f.Above * 10) / 10:0.0} % of the selection")
            : string.Create(CultureInfo.InvariantCulture, $"below {Math.Floor(f.Below * 10) / 10:0.0} % of the selection");

    /// <summary>Four digits are enough to recognise a value; of magnitudes and colours, which are differences and may be near 0, so many
    /// decimals.</summary>
    /// <param name="decimals">of magnitudes</param>
    public static string Number(double value, string unit = "", int decimals = 2) =>
        unit == "mag" ? (Math.Round(value, decimals) + 0.0).ToString($"F{decimals}", CultureInfo.InvariantCulture)
        : Math.Abs(value) is 0 or >= 1000 and < 1e9 ? value.ToString("0", CultureInfo.InvariantCulture)
        : value.ToString("G4", CultureInfo.InvariantCulture);
}
