using System.Runtime.InteropServices;

namespace Almagest.Runs.Tasks;

/// <summary>What is kept of the stars of a tile until the run is complete, as bytes.</summary>
internal static class PieceScores
{
    public static byte[] Write(ReadOnlySpan<long> ids, ReadOnlySpan<double> scores) =>
        [.. MemoryMarshal.AsBytes(ids), .. MemoryMarshal.AsBytes(scores)];

    /// <param name="bytes">of <see cref="Write(ReadOnlySpan{long}, ReadOnlySpan{double})"/></param>
    public static (long[] Ids, double[] Scores) Read(byte[] bytes)
    {
        var half = bytes.AsSpan(0, bytes.Length / 2);
        return (MemoryMarshal.Cast<byte, long>(half).ToArray(), Doubles(bytes.AsSpan(half.Length)));
    }

    public static byte[] Write(ReadOnlySpan<double> values) => MemoryMarshal.AsBytes(values).ToArray();

    public static double[] Doubles(ReadOnlySpan<byte> bytes) => MemoryMarshal.Cast<byte, double>(bytes).ToArray();
}
