using Almagest.Discovery.Storage;

namespace Almagest.Discovery.Features;

/// <summary>Writes stars into files, one after the other, in ascending order of star_id. Not thread-safe.</summary>
public sealed class StarWriter
{
    private readonly StarFiles _files;
    private readonly long[] _ids;
    private readonly double[][] _columns;
    private long _written;
    private int _waiting;

    /// <param name="further">names of <see cref="StarColumns.Further"/></param>
    public StarWriter(Room room, IReadOnlyCollection<string> further)
    {
        ArgumentNullException.ThrowIfNull(room);
        _files = new StarFiles(room, further);
        _ids = new long[room.Stretch];
        _columns = [.. _files.Columns.Select(_ => new double[room.Stretch])];
    }

    public long Count => _written + _waiting;

    /// <param name="values">right ascension, declination, parallax, proper motions, magnitude, colour, and the further ones; NaN =
    /// missing</param>
    public void Add(long starId, ReadOnlySpan<double> values)
    {
        _ids[_waiting] = starId;
        for (var c = 0; c < _columns.Length; c++)
            _columns[c][_waiting] = values[c];
        if (++_waiting == _ids.Length)
            Flush();
    }

    /// <summary>The stars that were added.</summary>
    public StarColumns Finish()
    {
        Flush();
        return StarColumns.In(_files);
    }

    /// <summary>Stars in memory with the same further numbers.</summary>
    internal void Add(StarColumns stars)
    {
        var from = stars.Columns(_files.Further);
        Span<double> values = stackalloc double[from.Length];
        for (var row = 0; row < stars.Count; row++)
        {
            for (var c = 0; c < from.Length; c++)
                values[c] = from[c][row];
            Add(stars.StarId[row], values);
        }
    }

    private void Flush()
    {
        _files.Ids.Write(_written, _ids.AsSpan(0, _waiting));
        for (var c = 0; c < _columns.Length; c++)
            _files.Columns[c].Write(_written, _columns[c].AsSpan(0, _waiting));
        _written += _waiting;
        _waiting = 0;
    }
}
