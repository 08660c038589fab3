namespace Almagest.Discovery.Kinds;

/// <summary>What it is called to have more or less of a feature.</summary>
public static class FeatureWords
{
    private static readonly Dictionary<string, (string More, string Less)> s_words = new()
    {
        ["abs_mag"] = ("fainter", "brighter"),
        ["magnitude"] = ("fainter on the sky", "brighter on the sky"),
        ["color"] = ("redder", "bluer"),
        ["v_tan"] = ("faster", "slower"),
        ["v_space"] = ("faster in space", "slower in space"),
        ["v_ra"] = ("faster to the east", "faster to the west"),
        ["v_dec"] = ("faster to the north", "faster to the south"),
        ["pm_total"] = ("of greater proper motion", "of less proper motion"),
        ["pm_significant"] = ("of greater proper motion", "of less proper motion"),
        ["reduced_pm"] = ("fainter for their motion", "brighter for their motion"),
        ["pmra"] = ("moving more to the east", "moving more to the west"),
        ["pmdec"] = ("moving more to the north", "moving more to the south"),
        ["parallax"] = ("nearer", "farther away"),
    };

    /// <summary>In a sentence on several stars, before <c>than</c>.</summary>
    /// <param name="isFar">whether they have far more or far less</param>
    public static string Of(string feature, bool isMore, bool isFar)
    {
        var words =
            s_words.TryGetValue(feature, out var known) ? (isMore ? known.More : known.Less)
            : isMore ? $"higher in {feature}"
            : $"lower in {feature}";
        if (!isFar)
            return words;
        // The word that is compared does not always come first.
        foreach (var compared in new[] { "greater", "less", "more" })
        {
            if (words.Contains(compared, StringComparison.Ordinal))
                return words.Replace(compared, $"far {compared}", StringComparison.Ordinal);
        }
        return $"far {words}";
    }
}
