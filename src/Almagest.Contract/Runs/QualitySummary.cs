using System.Globalization;

namespace Almagest.Contract.Runs;

/// <summary>What published quality cuts took from a selection.</summary>
/// <param name="Cuts">in the order in which they were applied</param>
/// <param name="Release">whose cuts: gaia_dr2 or gaia_dr3</param>
/// <param name="Stars">stars before them</param>
public sealed record QualitySummary(string Release, long Stars, IReadOnlyList<QualityCutCount> Cuts)
{
    /// <summary>The same as a sentence.</summary>
    public string Sentence() =>
        string.Create(CultureInfo.InvariantCulture, $"Quality cuts of {Release}: of {Stars:N0} stars ")
        + string.Join(", ", Cuts.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Keeps} takes {c.Removed:N0}")))
        + string.Create(CultureInfo.InvariantCulture, $"; {Stars - Cuts.Sum(c => c.Removed):N0} are left.");
}

/// <summary>One cut.</summary>
/// <param name="Cut">its name</param>
/// <param name="Keeps">the condition that a star fulfils to stay</param>
/// <param name="Removed">stars that fulfil the cuts before it and not this one, those without the value among them</param>
public sealed record QualityCutCount(string Cut, string Keeps, long Removed);
