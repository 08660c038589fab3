using System.Globalization;
using Almagest.Contract.Runs;
using Almagest.Discovery.Kinds;
using Almagest.Runs.Explanation;

namespace Almagest.Runs.Kinds;

/// <summary>Kinds in words.</summary>
internal static class KindWords
{
    public static string Name(IReadOnlyList<KindFeature> features) =>
        features.Count == 0
            ? "unusual in many ways"
            : Joined([.. features.Select(f => FeatureWords.Of(f.Feature, f.Effect == "high", f.IsFar))]);

    /// <summary>Of all kinds of a run, each another: of those that would be called alike, all but the largest have the median of the
    /// feature that they differ in, or their number.</summary>
    /// <param name="kinds">the features of each kind, the largest kind first</param>
    public static IReadOnlyList<string> Names(IReadOnlyList<IReadOnlyList<KindFeature>> kinds)
    {
        ArgumentNullException.ThrowIfNull(kinds);
        var names = new List<string>();
        foreach (var (k, features) in kinds.Index())
        {
            var name = Name(features);
            string[] told = [.. features.Select(f => $"{name} ({Median(f)})"), $"{name} ({k})"];
            names.Add(names.Contains(name) ? told.First(t => !names.Contains(t) && !IsOfOthers(t, k)) : name);

            // The same in the words of a kind that has the plain name is no difference.
            bool IsOfOthers(string text, int own) =>
                kinds.Take(own).Any(other => Name(other) == name && other.Any(f => $"{name} ({Median(f)})" == text));
        }
        return names;
    }

    /// <summary>e.g. <c>113 stars, in the median fainter than 97 % of the selection (abs_mag 14.3 mag) and bluer than 95 % (color 0.76
    /// mag)</c>.</summary>
    public static string Sentence(int stars, IReadOnlyList<KindFeature> features)
    {
        var count = CountText.Of(stars, "star", "stars");
        if (features.Count == 0)
            return $"{count} that no few features tell from the others.";
        return $"{count}, in the median {Joined([.. features.Select((f, i) => Words(f, i == 0))])}.";
    }

    private static string Words(KindFeature f, bool isFirst)
    {
        var isHigh = f.Effect == "high";
        var percent = Math.Floor(10 * (isHigh ? f.Percentile : 100 - f.Percentile)) / 10;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{FeatureWords.Of(f.Feature, isHigh, f.IsFar)} than {percent:0.#} %{(isFirst ? " of the selection" : "")} " + $"({Median(f)})"
        );
    }

    private static string Median(KindFeature f) =>
        $"{f.Feature} {RunExplanation.Number(f.Median, f.Unit)}{(f.Unit.Length == 0 ? "" : " " + f.Unit)}";

    private static string Joined(IReadOnlyList<string> words) =>
        words.Count < 2 ? words[0] : $"{string.Join(", ", words.Take(words.Count - 1))} and {words[^1]}";
}
