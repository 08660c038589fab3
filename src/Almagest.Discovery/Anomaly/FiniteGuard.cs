using System.Runtime.CompilerServices;

namespace Almagest.Discovery.Anomaly;

/// <summary>Refuses matrices with values that are not numbers: a NaN would go right at every node and look normal.</summary>
internal static class FiniteGuard
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Require(ReadOnlySpan<double> rows, int firstRow, IReadOnlyList<string> names)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            if (double.IsFinite(rows[i]))
                continue;
            throw new DiscoveryException(
                $"Row {firstRow + i / names.Count} has {names[i % names.Count]} = {rows[i]}: anomalies are found among finite values. "
                    + $"Impute what is missing first, as the feature pipeline does."
            );
        }
    }
}
