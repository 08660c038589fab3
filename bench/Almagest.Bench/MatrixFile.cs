using System.Runtime.InteropServices;
using Almagest.Discovery.Features;

namespace Almagest.Bench;

/// <summary>
/// Plain little-endian doubles, row-major, without a header: what <c>numpy.tofile</c> writes and <c>numpy.fromfile</c> reads.
/// </summary>
internal static class MatrixFile
{
    public static FeatureMatrix Read(string path, int columns)
    {
        using var file = File.OpenRead(path);
        var values = new double[file.Length / sizeof(double)];
        file.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return new FeatureMatrix(values.Length / columns, [.. Enumerable.Range(0, columns).Select(c => $"f{c}")], values);
    }

    public static void Write(string path, double[] values)
    {
        using var file = File.Create(path);
        file.Write(MemoryMarshal.AsBytes(values.AsSpan()));
    }
}
