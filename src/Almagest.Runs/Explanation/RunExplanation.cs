using System.Globalization;
using Almagest.Discovery.Anomaly;
using Almagest.Ledger.Model;

namespace Almagest.Runs.Explanation;

/// <summary>Why a star has its score in a run.</summary>
/// <param name="Score">the stored score: negative = anomalous</param>
/// <param name="Offset">the run's threshold on raw scores: <c>Explanation.RawScore</c> - offset = score</param>
/// <param name="Explanation">from the forest itself; what shortened the star's path most comes first</param>
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
    /// <summary>A lesser part in the shortening is not worth a name in a sentence.</summary>
    private const double WorthNaming = 0.15;

    private const int MostNamed = 3;

    public bool IsAnomaly => Score < 0;

    /// <summary>The explanation in one sentence.</summary>
    public string Sentence
    {
        get
        {
            var difference = Explanation.ExpectedPathLength - Explanation.PathLength;
            var head = string.Create(
                CultureInfo.InvariantCulture,
                $"Star {Star.SourceId} is {(IsAnomaly ? "flagged" : "not flagged")} (score {Score:+0.000;-0.000;0.000}): "
                    + $"{Explanation.PathLength:0.0} splits isolate it, where {Explanation.ExpectedPathLength:0.0} are expected"
            );
            var named = Explanation.Features.Where(f => f.Share >= WorthNaming).Take(MostNamed).Select(Words).ToList();
            if (named.Count == 0)
                return head + ".";
            var join = difference > 0 ? "mostly for" : "although it stands out by";
            return $"{head}, {join} {(named.Count == 1 ? named[0] : $"{string.Join(", ", named[..^1])} and {named[^1]}")}.";
        }
    }

    private string Words(FeatureAttribution f) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{f.Name} = {Number(f.Value)}{(f.Unit.Length == 0 ? "" : " " + f.Unit)}{(Imputed.Contains(f.Name) ? ", imputed" : "")} "
                + $"({Place(f.Percentile)})"
        );

    private static string Place(double percentile) =>
        percentile >= 50
            ? string.Create(CultureInfo.InvariantCulture, $"above {Math.Floor(percentile * 10) / 10:0.0} % of the selection")
            : string.Create(CultureInfo.InvariantCulture, $"below {Math.Floor((100 - percentile) * 10) / 10:0.0} % of the selection");

    /// <summary>Four digits are enough to recognise a value.</summary>
    public static string Number(double value) =>
        Math.Abs(value) is 0 or >= 1000 and < 1e9
            ? value.ToString("0", CultureInfo.InvariantCulture)
            : value.ToString("G4", CultureInfo.InvariantCulture);
}
