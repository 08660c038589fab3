using System.Text.Json;
using Almagest.Contract.Runs;
using Almagest.Discovery.Abstractions;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;

namespace Almagest.Runs.Comparison;

/// <summary>What decides whether anomaly runs flag a star: each thing in which they differ, all else alike.</summary>
/// <param name="Runs">anomaly runs that analysed it</param>
/// <param name="Flagged">of these, those that flag it</param>
/// <param name="Causes">what flips it first</param>
public sealed record StarStability(int Runs, int Flagged, IReadOnlyList<FlipCause> Causes)
{
    private const string Algorithm = "algorithm",
        Selection = "selection";

    /// <param name="history">what runs say of the star</param>
    /// <param name="runs">those runs</param>
    public static StarStability Of(IEnumerable<StarHistoryEntry> history, IReadOnlyDictionary<Guid, DiscoveryRun> runs)
    {
        ArgumentNullException.ThrowIfNull(history);
        ArgumentNullException.ThrowIfNull(runs);
        var said = history
            .Where(h => h.RunType == RunTypes.Anomaly && runs.ContainsKey(h.RunId))
            .Select(h => new Said(SettingOf(runs[h.RunId]), h.IsAnomaly == 1))
            .ToList();
        var names = said.SelectMany(s => s.Setting.Keys).Distinct().Order(StringComparer.Ordinal).ToList();
        var causes = names.Select(n => CauseOf(said, n)).Append(AlgorithmOf(said)).OfType<FlipCause>();
        return new StarStability(
            said.Count,
            said.Count(s => s.IsFlagged),
            [.. causes.OrderByDescending(c => c.Effect).ThenBy(c => c.Name, StringComparer.Ordinal)]
        );
    }

    private sealed record Said(Dictionary<string, string> Setting, bool IsFlagged)
    {
        public string But(params string[] names) =>
            string.Join('\n', Setting.Where(s => !names.Contains(s.Key)).OrderBy(s => s.Key, StringComparer.Ordinal));
    }

    // How often a run draws within the errors changes no flag.
    private static Dictionary<string, string> SettingOf(DiscoveryRun run)
    {
        using var document = JsonDocument.Parse(run.Parameters);
        var setting = document
            .RootElement.EnumerateObject()
            .Where(p => p.Name != RunParameters.DrawsName)
            .ToDictionary(p => p.Name, p => p.Value.ValueKind == JsonValueKind.String ? p.Value.GetString()! : p.Value.GetRawText());
        setting[Algorithm] = run.Algorithm;
        setting[Selection] = StarFilter.FromJson(run.DatasetFilter).Describe();
        return setting;
    }

    private static FlipCause? CauseOf(List<Said> said, string name)
    {
        if (name == Algorithm)
            return null;
        // The seed is compared run by run; of all else, runs with any seed count together.
        var isSeed = name == Parameter.SeedName;
        return Compare(said.Where(s => s.Setting.ContainsKey(name)), name, s => isSeed ? s.But(name) : s.But(name, Parameter.SeedName));
    }

    // Algorithms have parameters of their own: alike are the stars and the features.
    private static FlipCause? AlgorithmOf(List<Said> said) =>
        Compare(said, Algorithm, s => $"{s.Setting[Selection]}\n{s.Setting.GetValueOrDefault("features")}");

    private static FlipCause? Compare(IEnumerable<Said> said, string name, Func<Said, string> alike)
    {
        var families = said.GroupBy(alike).Where(f => f.Select(s => s.Setting[name]).Distinct().Count() > 1).ToList();
        if (families.Count == 0)
            return null;
        var effect = FlipEffect.None;
        foreach (var family in families)
        {
            var shares = family.GroupBy(s => s.Setting[name]).Select(v => v.Average(s => s.IsFlagged ? 1.0 : 0)).ToList();
            var found =
                shares.Min() == 0 && shares.Max() == 1 ? FlipEffect.Flips
                : shares.Min() < shares.Max() ? FlipEffect.Shifts
                : FlipEffect.None;
            effect = (FlipEffect)Math.Max((int)effect, (int)found);
        }
        return new FlipCause(
            name,
            effect,
            [
                .. families
                    .SelectMany(f => f)
                    .GroupBy(s => s.Setting[name])
                    .Select(v => new FlipValue(v.Key, v.Count(), v.Count(s => s.IsFlagged)))
                    .OrderByDescending(v => (double)v.Flagged / v.Runs)
                    .ThenBy(v => v.Value, StringComparer.Ordinal),
            ]
        );
    }
}

/// <summary>How much one thing decides.</summary>
public enum FlipEffect
{
    /// <summary>With each of its values as large a share of the runs flags the star.</summary>
    None,

    /// <summary>The shares differ: other seeds decide, too.</summary>
    Shifts,

    /// <summary>All runs with one value flag it, and none with another.</summary>
    Flips,
}

/// <summary>One thing in which runs differ that are otherwise alike.</summary>
/// <param name="Name">a parameter; random_state = the seed, features = the recipe, selection, algorithm</param>
/// <param name="Values">the one with which the star is flagged most comes first</param>
public sealed record FlipCause(string Name, FlipEffect Effect, IReadOnlyList<FlipValue> Values);

/// <summary>Runs of one value.</summary>
public sealed record FlipValue(string Value, int Runs, int Flagged);
