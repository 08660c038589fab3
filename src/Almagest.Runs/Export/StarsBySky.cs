using System.Runtime.CompilerServices;
using Almagest.Catalog.Writing;
using Almagest.Catalog.Writing.Hats;
using Almagest.Contract.Runs;
using Almagest.Ledger.Scratch;
using Almagest.Sky;

namespace Almagest.Runs.Export;

/// <summary>
/// What a run says of the stars of a catalogue in files, in the order of their places on the sky. The stars come in the order of their
/// files: they are written into scratch files, each of a stretch of the sky that is held at once, and sorted stretch by stretch.
/// </summary>
internal sealed class StarsBySky
{
    /// <summary>Roughly what a star takes of the scratch files until they are read.</summary>
    public const long DiskBytesOfStar = 160;

    /// <summary>The order of the cells that are counted: 0.013 square degrees each, of which the densest field has some 40,000
    /// stars.</summary>
    private const int Order = 9;

    private const int BatchRows = 8192;

    /// <summary>Stars that are held at once, where the sky lets it.</summary>
    private const int MostHeld = 1 << 18;

    private readonly List<Stretch> _stretches = [];

    /// <summary>A stretch of the sky: how many stars it has, and their rows.</summary>
    private sealed record Stretch(Stream File)
    {
        public int Rows { get; set; }
    }

    /// <param name="results">are gone over twice</param>
    /// <param name="room">of the scratch files, which stay open until it is disposed</param>
    /// <param name="mostHeld">stars of a stretch, where the sky lets it</param>
    /// <exception cref="Contract.Errors.LedgerException">the files do not hold a star of the results, or have changed</exception>
    public static StarsBySky Of(
        FileResults results,
        ScratchRoom room,
        int mostHeld,
        IProgress<long>? progress,
        CancellationToken cancellationToken
    )
    {
        var sorted = new StarsBySky();
        var counts = new int[Healpix.CellCount(Order)];
        foreach (var (ra, dec) in results.Positions(cancellationToken))
            counts[Cell(Place(ra, dec))]++;
        var ofCell = sorted.Divide(counts, room, Math.Min(mostHeld, MostHeld));
        using var row = new ScratchRow();
        long done = 0;
        foreach (var batch in results.Read(cancellationToken))
        {
            foreach (var star in batch)
            {
                var place = Place(star.RaDeg, star.DecDeg);
                var stretch = sorted._stretches[ofCell[Cell(place)]];
                stretch.Rows++;
                row.Write(place, star, stretch.File);
            }
            progress?.Report(done += batch.Count);
        }
        return sorted;
    }

    private static long Place(double ra, double dec) => Healpix.AngToPix(Healpix.MaxOrder, ra, dec);

    // As a part of the place, so that a star on an edge is counted where it is put.
    private static long Cell(long place) => place >> (2 * (Healpix.MaxOrder - Order));

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

    /// <summary>A catalogue of a table with these stars.</summary>
    /// <param name="mostRows">of one cell</param>
    public HatsCatalogue Catalogue(string name, ExportTable table, int mostRows)
    {
        var partition = new HatsPartition(mostRows);
        foreach (var stretch in _stretches)
        foreach (var (place, _, _) in Sorted(Load(stretch)))
            partition.Add(place);
        return new HatsCatalogue(name, table, partition.Finish(), mostRows);
    }

    /// <summary>The stars in the order of their places, of equal ones by their ids.</summary>
    public async IAsyncEnumerable<IReadOnlyList<(long Place, StarResult Result)>> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        foreach (var stretch in _stretches)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (rows, order) = await Task.Run(
                () =>
                {
                    var rows = Load(stretch);
                    return (rows, Sorted(rows));
                },
                cancellationToken
            );
            using var reader = new ScratchRow.Reader(rows);
            foreach (var some in order.Chunk(BatchRows))
                yield return [.. some.Select(r => (r.Place, reader.At(r.At)))];
        }
    }

    private static byte[] Load(Stretch stretch)
    {
        stretch.File.Position = 0;
        var rows = new byte[stretch.File.Length];
        stretch.File.ReadExactly(rows);
        return rows;
    }

    private static (long Place, long StarId, int At)[] Sorted(byte[] rows)
    {
        var found = new List<(long Place, long StarId, int At)>();
        for (var at = 0; at < rows.Length; at += ScratchRow.Length(rows, at))
            found.Add(ScratchRow.Key(rows, at));
        found.Sort();
        return [.. found];
    }
}
