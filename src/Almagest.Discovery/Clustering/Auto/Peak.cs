namespace Almagest.Discovery.Clustering.Auto;

/// <summary>A box of the grid that holds more stars than the field explains.</summary>
/// <param name="Excess">z: the excess of its stars over those expected, in standard deviations (signed root of the likelihood ratio of two
/// Poisson means)</param>
/// <param name="Contrast">its stars over those expected</param>
/// <param name="Count">its stars</param>
/// <param name="Scale">side of a cell, a third of the box, mas/yr</param>
/// <param name="Centre">of the box, in the space that is searched</param>
internal sealed record Peak(double Excess, double Contrast, int Count, double Scale, double[] Centre);
