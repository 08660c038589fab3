using System.Buffers.Binary;
using Almagest.Contract.Runs;

namespace Almagest.Runs.Export;

/// <summary>What a run says of a star as bytes of a scratch file, which the same program reads: every column of
/// <see cref="StarResult"/>, of those that may be missing what is there.</summary>
internal sealed class ScratchRow : IDisposable
{
    private readonly MemoryStream _bytes = new();
    private readonly BinaryWriter _writer;

    public ScratchRow() => _writer = new BinaryWriter(_bytes);

    /// <summary>Writes the star behind what is there.</summary>
    public void Write(long place, StarResult star, Stream to)
    {
        double?[] numbers =
        [
            star.AnomalyScore,
            star.ClusterId,
            star.ParallaxMas,
            star.PmraMasYr,
            star.PmdecMasYr,
            star.Magnitude,
            star.Color,
            star.MembershipProbability,
            star.MembershipStrength,
            star.FlagProbability,
            star.ScoreSpread,
            star.MembershipStability,
            star.ParallaxErrorMas,
            star.Ruwe,
        ];
        var there = 0;
        for (var i = 0; i < numbers.Length; i++)
            if (numbers[i] is not null)
                there |= 1 << i;
        _bytes.SetLength(0);
        _writer.Write(0);
        _writer.Write(place);
        _writer.Write(star.StarId);
        _writer.Write(star.SourceId);
        _writer.Write(star.RaDeg);
        _writer.Write(star.DecDeg);
        _writer.Write(star.IsAnomaly != 0);
        _writer.Write((short)there);
        foreach (var number in numbers)
            if (number is { } known)
                _writer.Write(known);
        _writer.Write(star.Filled is not null);
        if (star.Filled is { } filled)
            _writer.Write(string.Join(' ', filled));
        var bytes = _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length);
        to.Write(bytes);
    }

    public void Dispose() => _writer.Dispose();

    /// <summary>Bytes of the row that begins there.</summary>
    public static int Length(byte[] rows, int at) => BinaryPrimitives.ReadInt32LittleEndian(rows.AsSpan(at));

    /// <summary>What the row that begins there is sorted by.</summary>
    public static (long Place, long StarId, int At) Key(byte[] rows, int at) =>
        (BinaryPrimitives.ReadInt64LittleEndian(rows.AsSpan(at + 4)), BinaryPrimitives.ReadInt64LittleEndian(rows.AsSpan(at + 12)), at);

    /// <summary>Reads rows, in any order.</summary>
    public sealed class Reader(byte[] rows) : IDisposable
    {
        private readonly BinaryReader _reader = new(new MemoryStream(rows));

        /// <summary>The row that begins there, of no run.</summary>
        public StarResult At(int at)
        {
            _reader.BaseStream.Position = at + 12;
            var (id, source, ra, dec) = (_reader.ReadInt64(), _reader.ReadString(), _reader.ReadDouble(), _reader.ReadDouble());
            var flag = _reader.ReadBoolean() ? 1 : 0;
            var there = _reader.ReadInt16();
            var next = 0;
            double? Number() => (there >> next++ & 1) == 1 ? _reader.ReadDouble() : null;
            var (score, cluster) = (Number(), Number());
            var (parallax, pmra, pmdec, magnitude, color) = (Number(), Number(), Number(), Number(), Number());
            return new StarResult(
                default,
                id,
                flag,
                score,
                (int?)cluster,
                source,
                ra,
                dec,
                parallax,
                pmra,
                pmdec,
                magnitude,
                color,
                Number(),
                Number()
            )
            {
                FlagProbability = Number(),
                ScoreSpread = Number(),
                MembershipStability = Number(),
                ParallaxErrorMas = Number(),
                Ruwe = Number(),
                Filled = _reader.ReadBoolean() ? _reader.ReadString().Split(' ', StringSplitOptions.RemoveEmptyEntries) : null,
            };
        }

        public void Dispose() => _reader.Dispose();
    }
}
