using System.Runtime.CompilerServices;

namespace Almagest.Catalog.Writing.Hats;

/// <summary>The rows of a table, which come in order of their place, by the cells that hold them: one after the other.</summary>
/// <param name="place">number of the column of the place</param>
internal sealed class PlacedRows(ExportTable table, int place, CancellationToken cancellationToken) : IAsyncDisposable
{
    private readonly IAsyncEnumerator<IReadOnlyList<object?[]>> _batches = table.Batches.GetAsyncEnumerator(cancellationToken);
    private IReadOnlyList<object?[]> _batch = [];
    private int _at;

    /// <summary>How many rows the last cell had.</summary>
    public long Taken { get; private set; }

    public async IAsyncEnumerable<IReadOnlyList<object?[]>> Of(
        HatsPixel pixel,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        Taken = 0;
        var (first, last) = pixel.Places;
        while (await IsMoreAsync())
        {
            var from = _at;
            while (_at < _batch.Count && Place(_batch[_at]) >= first && Place(_batch[_at]) <= last)
                _at++;
            if (_at == from)
                yield break;
            Taken += _at - from;
            yield return from == 0 && _at == _batch.Count ? _batch : [.. _batch.Skip(from).Take(_at - from)];
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Whether there is another row.</summary>
    public async Task<bool> IsMoreAsync()
    {
        while (_at == _batch.Count)
        {
            if (!await _batches.MoveNextAsync())
                return false;
            (_batch, _at) = (_batches.Current, 0);
        }
        return true;
    }

    private long Place(object?[] row) => (long)row[place]!;

    public ValueTask DisposeAsync() => _batches.DisposeAsync();
}
