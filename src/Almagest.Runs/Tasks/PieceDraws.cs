using System.Text.Json;
using Almagest.Discovery.Redraws;

namespace Almagest.Runs.Tasks;

/// <summary>What draws say of the stars of a tile.</summary>
internal sealed record PieceDraws(double[] Shares, double[] Spreads, PieceDraws.Count Counts)
{
    /// <param name="Stars">that have draws</param>
    internal sealed record Count(int Stars, long Made, string[] Drawn, string[] Held);

    public static byte[] Write(StarDraws draws)
    {
        var counts = JsonSerializer.SerializeToUtf8Bytes(new Count(draws.Stars, draws.Made, [.. draws.Drawn], [.. draws.Held]));
        return
        [
            .. BitConverter.GetBytes(counts.Length),
            .. counts,
            .. PieceScores.Write(draws.Shares),
            .. PieceScores.Write(draws.Spreads!),
        ];
    }

    public static PieceDraws Read(byte[] bytes)
    {
        var length = BitConverter.ToInt32(bytes);
        var counts = JsonSerializer.Deserialize<Count>(bytes.AsSpan(sizeof(int), length))!;
        var numbers = bytes.AsSpan(sizeof(int) + length);
        return new PieceDraws(
            PieceScores.Doubles(numbers[..(numbers.Length / 2)]),
            PieceScores.Doubles(numbers[(numbers.Length / 2)..]),
            counts
        );
    }
}
