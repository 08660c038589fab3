namespace Almagest.Discovery.Statistics;

/// <summary>Eigenvalues and eigenvectors of a small symmetric matrix, by Jacobi's rotations.</summary>
internal static class SymmetricEigen
{
    private const int MostSweeps = 60;

    /// <param name="matrix">row by row, size × size; destroyed: its diagonal holds the eigenvalues</param>
    /// <returns>row by row: column i is the eigenvector of eigenvalue i</returns>
    public static double[] Decompose(double[] matrix, int size)
    {
        var vectors = new double[size * size];
        for (var i = 0; i < size; i++)
            vectors[i * size + i] = 1;
        for (var sweep = 0; sweep < MostSweeps && !IsDiagonal(matrix, size); sweep++)
        for (var p = 0; p < size; p++)
        for (var q = p + 1; q < size; q++)
            Rotate(matrix, vectors, size, p, q);
        return vectors;
    }

    private static bool IsDiagonal(double[] matrix, int size)
    {
        double off = 0,
            all = 0;
        for (var i = 0; i < size; i++)
        for (var j = 0; j < size; j++)
        {
            all += matrix[i * size + j] * matrix[i * size + j];
            off += i == j ? 0 : matrix[i * size + j] * matrix[i * size + j];
        }
        return off <= 1e-34 * all;
    }

    private static void Rotate(double[] m, double[] vectors, int size, int p, int q)
    {
        var off = m[p * size + q];
        if (off == 0)
            return;
        var theta = (m[q * size + q] - m[p * size + p]) / (2 * off);
        var t = Math.Abs(theta) > 1e150 ? 0.5 / theta : (theta < 0 ? -1 : 1) / (Math.Abs(theta) + Math.Sqrt(theta * theta + 1));
        var cos = 1 / Math.Sqrt(t * t + 1);
        var sin = t * cos;
        for (var k = 0; k < size; k++)
        {
            double a = m[k * size + p],
                b = m[k * size + q];
            (m[k * size + p], m[k * size + q]) = (cos * a - sin * b, sin * a + cos * b);
        }
        for (var k = 0; k < size; k++)
        {
            double a = m[p * size + k],
                b = m[q * size + k];
            (m[p * size + k], m[q * size + k]) = (cos * a - sin * b, sin * a + cos * b);
            (a, b) = (vectors[k * size + p], vectors[k * size + q]);
            (vectors[k * size + p], vectors[k * size + q]) = (cos * a - sin * b, sin * a + cos * b);
        }
    }
}
