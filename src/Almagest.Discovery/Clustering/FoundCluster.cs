namespace Almagest.Discovery.Clustering;

/// <summary>A cluster with what speaks for it, of an algorithm that judges its clusters.</summary>
/// <param name="ClusterId">its label</param>
/// <param name="Contrast">density of its members over that of the field in the same place, in the space that was searched</param>
/// <param name="Significance">of the peak that it was found by, standard deviations: that of a normal deviate which is as rare as such a
/// peak
/// anywhere in a field without clusters</param>
/// <param name="FalseAlarm">that chance</param>
/// <param name="Scale">side of the grid's cell in which it stood out most, mas/yr</param>
/// <param name="Pmra">mean, mas/yr</param>
/// <param name="Pmdec">mean, mas/yr</param>
/// <param name="Parallax">mean, mas; null where none was looked at</param>
public sealed record FoundCluster(
    int ClusterId,
    int Size,
    double Contrast,
    double Significance,
    double FalseAlarm,
    double Scale,
    double Pmra,
    double Pmdec,
    double? Parallax
);
