using System.Runtime.CompilerServices;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Discovery.Features;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Scratch;
using Almagest.Runs.Files;
using Almagest.Runs.Lifecycle;
using Almagest.Sky;

namespace Almagest.Runs.InPlace;

/// <summary>A star with what a run says of it, on the way into a file.</summary>
/// <param name="Said">the score, or the number of the cluster</param>
/// <param name="Numbers">those of the run's shape; NaN = the star has none</param>
internal readonly record struct ScoredStar(
    long Place,
    long StarId,
    string SourceId,
    double RaDeg,
    double DecDeg,
    double Said,
    double[] Numbers
);

/// <summary>
/// What a run says of the stars of a catalogue in files, in the order of their places on the sky. The stars come in the order of their
/// files: they are written into scratch files, each of a stretch of the sky that is held at once, and sorted stretch by stretch.
/// </summary>
internal sealed class ScoredStars
{
    /// <summary>The order of the cells that are counted: 0.013 square degrees each, of which the densest field has some 40,000
    /// stars.</summary>
    private const int Order = 9;

    private const int BatchRows = 8192;

    /// <summary>Stars that are held at once, where the sky lets it.</summary>
    private const int MostHeld = 1 << 18;

    private readonly List<Stretch> _stretches = [];
    private readonly ResultShape _shape;

    private ScoredStars(ResultShape shape) => _shape = shape;

    /// <summary>A stretch of the sky: how many stars it has, and their rows.</summary>
    private sealed record Stretch(Stream File)
    {
        public int Rows { get; set; }
    }

    /// <param name="counts">stars by cell (<see cref="CountCells(StarColumns)"/>)</param>
    /// <param name="results">in ascending order of star_id</param>
    /// <param name="shape">what they say</param>
    /// <param name="room">of the scratch files, which stay open until it is disposed</param>
    /// <param name="mostHeld">stars of a stretch, where the sky lets it</param>
    /// <exception cref="Contract.Errors.LedgerException">the files do not hold a star of the results, or have changed</exception>
    public static ScoredStars Of(
        InPlaceStars stars,
        int[] counts,
        IEnumerable<StoredResult> results,
        ResultShape shape,
        ScratchRoom room,
        int mostHeld,
        IProgress<long>? progress,
        CancellationToken cancellationToken
    )
    {
        var scored = new ScoredStars(shape);
        var ofCell = scored.Divide(counts, room, Math.Min(mostHeld, MostHeld));
        var writers = scored._stretches.ConvertAll(s => new BinaryWriter(s.File));
        ForEach(
            stars,
            [StarField.SourceId],
            results,
            (batch, i, result) =>
            {
                var place = Healpix.AngToPix(Healpix.MaxOrder, batch.RaDeg[i], batch.DecDeg[i]);
                var stretch = ofCell[place >> (2 * (Healpix.MaxOrder - Order))];
                scored._stretches[stretch].Rows++;
                scored.Write(writers[stretch], place, batch, i, result);
            },
            progress,
            cancellationToken
        );
        writers.ForEach(w => w.Flush());
        return scored;
    }

    /// <summary>Counts the stars of an analysis by cell.</summary>
    public static int[] CountCells(StarColumns stars)
    {
        var counts = new int[Healpix.CellCount(Order)];
        var (ra, dec) = (stars.Of(StarColumn.Ra), stars.Of(StarColumn.Dec));
        ra.ForEach(
            (first, some) =>
            {
                using var others = dec.Read(first, some.Length);
                for (var i = 0; i < some.Length; i++)
                    counts[Cell(some[i], others.Span[i])]++;
            }
        );
        return counts;
    }

    /// <summary>Counts the stars of results by cell.</summary>
    /// <inheritdoc cref="Of"/>
    public static int[] CountCells(InPlaceStars stars, IEnumerable<StoredResult> results, CancellationToken cancellationToken)
    {
        var counts = new int[Healpix.CellCount(Order)];
        ForEach(stars, [], results, (batch, i, _) => counts[Cell(batch.RaDeg[i], batch.DecDeg[i])]++, null, cancellationToken);
        return counts;
    }

    // As a part of the place, so that a star on an edge is counted where it is put.
    private static long Cell(double ra, double dec) => Healpix.AngToPix(Healpix.MaxOrder, ra, dec) >> (2 * (Healpix.MaxOrder - Order));

    private static void ForEach(
        InPlaceStars stars,
        string[] fields,
        IEnumerable<StoredResult> results,
        Action<StarBatch, int, StoredResult> star,
        IProgress<long>? progress,
        CancellationToken cancellationToken
    )
    {
        long done = 0;
        foreach (var (batch, found) in StarsWithResults.Read(stars, fields, results, cancellationToken))
        {
            foreach (var (row, result) in found)
                star(batch, row, result);
            progress?.Report(done += found.Count);
        }
    }

    /// <summary>Opens a file for each stretch of cells.</summary>
    /// <returns>the number of the stretch, by cell</returns>
    private int[] Divide(int[] counts, ScratchRoom room, int mostHeld)
    {
        var held = 0L;
        for (var cell = 0; cell < counts.Length; cell++)
        {
            if (_stretches.Count == 0 || (held > 0 && held + counts[cell] > mostHeld))
            {
                _stretches.Add(new Stretch(room.CreateStream()));
                held = 0;
            }
            held += counts[cell];
            counts[cell] = _stretches.Count - 1;
        }
        return counts;
    }

    /// <summary>The places of all stars, ascending.</summary>
    public IEnumerable<long> Places()
    {
        foreach (var stretch in _stretches)
        {
            var places = Array.ConvertAll(Read(stretch), s => s.Place);
            places.AsSpan().Sort();
            foreach (var place in places)
                yield return place;
        }
    }

    /// <summary>The stars in the order of their places, of equal ones by their ids.</summary>
    public async IAsyncEnumerable<IReadOnlyList<ScoredStar>> BySkyAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        foreach (var stretch in _stretches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var stars = await Task.Run(() => Sorted(stretch), cancellationToken);
            for (var from = 0; from < stars.Length; from += BatchRows)
                yield return new ArraySegment<ScoredStar>(stars, from, Math.Min(BatchRows, stars.Length - from));
        }
    }

    private ScoredStar[] Sorted(Stretch stretch)
    {
        var stars = Read(stretch);
        Array.Sort(Array.ConvertAll(stars, s => (s.Place, s.StarId)), stars);
        return stars;
    }

    private void Write(BinaryWriter to, long place, StarBatch batch, int row, in StoredResult result)
    {
        to.Write(place);
        to.Write(result.StarId);
        to.Write(batch.SourceId[row]);
        to.Write(batch.RaDeg[row]);
        to.Write(batch.DecDeg[row]);
        to.Write(result.Score ?? result.ClusterId!.Value);
        foreach (var number in _shape.Numbers)
            to.Write(number.Of(result) ?? double.NaN);
    }

    private ScoredStar[] Read(Stretch stretch)
    {
        stretch.File.Position = 0;
        using var from = new BinaryReader(stretch.File, System.Text.Encoding.UTF8, leaveOpen: true);
        var stars = new ScoredStar[stretch.Rows];
        for (var i = 0; i < stars.Length; i++)
            stars[i] = new ScoredStar(
                from.ReadInt64(),
                from.ReadInt64(),
                from.ReadString(),
                from.ReadDouble(),
                from.ReadDouble(),
                from.ReadDouble(),
                Numbers(from)
            );
        return stars;
    }

    private double[] Numbers(BinaryReader from)
    {
        if (_shape.Numbers.Count == 0)
            return [];
        var numbers = new double[_shape.Numbers.Count];
        for (var n = 0; n < numbers.Length; n++)
            numbers[n] = from.ReadDouble();
        return numbers;
    }
}
