namespace Almagest.Discovery.Anomaly;

/// <summary>What is measured of the stars of a selection on the average, and the features' parts of it: what an explanation compares with.
/// </summary>
/// <param name="Measured">the mean</param>
/// <param name="Parts">by feature; they add up to <paramref name="Measured"/></param>
internal sealed record TypicalParts(double Measured, double[] Parts)
{
    /// <summary>So many rows give a mean; each costs as much as an explanation.</summary>
    private const int MostRows = 1000;

    /// <param name="of">what is measured of a row, and the parts of it, which are added to</param>
    public static TypicalParts Of(int rows, int columns, Func<int, double[], double> of, CancellationToken cancellationToken)
    {
        var count = Math.Min(rows, MostRows);
        var parts = new double[columns];
        double measured = 0;
        for (var i = 0; i < count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Evenly over the selection, whose order is that of the catalogue.
            measured += of((int)((2L * i + 1) * rows / (2L * count)), parts);
        }
        for (var f = 0; f < columns; f++)
            parts[f] /= count;
        return new TypicalParts(measured / count, parts);
    }

    /// <summary>A row's parts less the typical ones.</summary>
    public double[] Changes(double[] parts)
    {
        for (var f = 0; f < parts.Length; f++)
            parts[f] -= Parts[f];
        return parts;
    }
}
