namespace Almagest.Discovery.Clustering.Auto;

/// <summary>Symmetric positive definite matrices, row by row, by their lower factor.</summary>
internal static class Cholesky
{
    /// <summary>The lower factor in place of the matrix.</summary>
    /// <returns>false where the matrix is not positive definite</returns>
    public static bool Factor(Span<double> matrix, int size)
    {
        for (var i = 0; i < size; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = matrix[i * size + j];
                for (var k = 0; k < j; k++)
                    sum -= matrix[i * size + k] * matrix[j * size + k];
                if (i != j)
                    matrix[i * size + j] = sum / matrix[j * size + j];
                else if (sum > 0 && double.IsFinite(sum))
                    matrix[i * size + i] = Math.Sqrt(sum);
                else
                    return false;
            }
        }

        return true;
    }

    /// <summary>Solves L y = v in place.</summary>
    public static void Forward(ReadOnlySpan<double> factor, int size, Span<double> v)
    {
        for (var i = 0; i < size; i++)
        {
            var sum = v[i];
            for (var k = 0; k < i; k++)
                sum -= factor[i * size + k] * v[k];
            v[i] = sum / factor[i * size + i];
        }
    }

    /// <summary>Solves L Lᵀ x = v in place.</summary>
    public static void Solve(ReadOnlySpan<double> factor, int size, Span<double> v)
    {
        Forward(factor, size, v);
        for (var i = size - 1; i >= 0; i--)
        {
            var sum = v[i];
            for (var k = i + 1; k < size; k++)
                sum -= factor[k * size + i] * v[k];
            v[i] = sum / factor[i * size + i];
        }
    }

    public static double Determinant(ReadOnlySpan<double> factor, int size)
    {
        var product = 1.0;
        for (var i = 0; i < size; i++)
            product *= factor[i * size + i];
        return product;
    }
}
