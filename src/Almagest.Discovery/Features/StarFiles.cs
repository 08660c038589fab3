using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Features;

/// <summary>The columns of stars that are not in memory.</summary>
internal sealed class StarFiles
{
    private readonly string[] _further;
    private readonly Sequence<double>[] _columns;

    public StarFiles(Room room, IEnumerable<string> further)
    {
        (Room, _further) = (room, [.. further]);
        Ids = room.Create<long>(0);
        _columns = [.. Enumerable.Range(0, StarColumns.UsualColumns + _further.Length).Select(_ => room.Create<double>(0))];
    }

    public Room Room { get; }

    public Sequence<long> Ids { get; }

    public int Count => checked((int)Ids.Count);

    /// <summary>The usual columns in the order of <see cref="StarColumn"/>, then the further ones.</summary>
    public IReadOnlyList<Sequence<double>> Columns => _columns;

    public IReadOnlyList<string> Further => _further;

    public bool Has(string further) => _further.Contains(further);

    public Sequence<double> Of(StarColumn column)
    {
        if (column != StarColumn.RadialVelocity)
            return _columns[(int)column];
        var at = Array.IndexOf(_further, StarColumns.RadialVelocityName);
        return at >= 0
            ? _columns[StarColumns.UsualColumns + at]
            : throw new InvalidOperationException("the stars were loaded without radial velocities");
    }

    public IEnumerable<StarTile> Tiles()
    {
        // The buffers of one tile serve the next: they are as large as all else that a run holds.
        var ids = Array.Empty<long>();
        var columns = new double[_columns.Length][];
        for (var first = 0; first < Count; )
        {
            var count = Math.Min(Room.Tile, Count - first);
            if (ids.Length != count)
            {
                ids = new long[count];
                for (var c = 0; c < columns.Length; c++)
                    columns[c] = new double[count];
            }
            Ids.CopyTo(first, ids);
            for (var c = 0; c < columns.Length; c++)
                _columns[c].CopyTo(first, columns[c]);
            yield return new StarTile(first, StarColumns.Of(ids, columns, _further));
            first += count;
        }
    }
}
