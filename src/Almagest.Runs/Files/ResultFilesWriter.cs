using System.Text.Json.Nodes;
using Almagest.Catalog.Writing;
using Almagest.Ledger.InPlace;
using Almagest.Runs.Lifecycle;

namespace Almagest.Runs.Files;

/// <summary>
/// Writes what a run says of the stars of a catalogue into files that mirror the catalogue's: one for each, of the same name, with its
/// analysed stars in the order of its rows. While one row group is packed the next is gathered. Not thread-safe.
/// </summary>
/// <param name="folder">is there, and empty but for marks</param>
/// <param name="files">of the catalogue</param>
/// <param name="provenance">what every file says of itself</param>
internal sealed class ResultFilesWriter(
    string folder,
    IReadOnlyList<InPlaceFile> files,
    ResultShape shape,
    bool integerIds,
    JsonObject provenance,
    int groupRows = ResultFilesWriter.GroupRows
) : IAsyncDisposable
{
    /// <summary>Rows of a group: what is in memory twice, and what a reader holds of a column.</summary>
    public const int GroupRows = 1 << 17;

    private readonly List<ResultFile> _written = [];
    private Group _group = new(groupRows, shape, integerIds);
    private Group? _spare = new(groupRows, shape, integerIds);
    private Task _packing = Task.CompletedTask;
    private HashingFile? _file;
    private ParquetColumnsWriter? _parquet;
    private int _open = -1;
    private long _rows;

    /// <summary>Goes on with a file, which is none before that of the last star; those between hold no star.</summary>
    public async ValueTask BeginAsync(int file, CancellationToken cancellationToken)
    {
        if (file != _open)
            await OpenAsync(file, cancellationToken);
    }

    /// <summary>Adds a star of the file.</summary>
    /// <param name="number">its id, where those of the catalogue are whole numbers</param>
    /// <param name="text">its id otherwise</param>
    /// <returns>whether a row group is full, and <see cref="PackAsync"/> is called before the next star</returns>
    public bool Add(long number, string? text, in StoredResult result)
    {
        _group.Add(number, text, result);
        return _group.Rows == groupRows;
    }

    /// <summary>Ends the last file, and writes those that hold no star.</summary>
    public async Task<IReadOnlyList<ResultFile>> FinishAsync(CancellationToken cancellationToken)
    {
        await OpenAsync(files.Count, cancellationToken);
        return _written;
    }

    private async Task OpenAsync(int file, CancellationToken cancellationToken)
    {
        while (_open < file)
        {
            await CloseAsync(cancellationToken);
            if (++_open == files.Count)
                break;
            var path = Path.Combine(folder, files[_open].Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var said = (JsonObject)provenance.DeepClone();
            said["catalogue_file"] = new JsonObject { ["path"] = files[_open].Path, ["checksum"] = files[_open].Checksum };
            _file = new HashingFile(path);
            _parquet = await ParquetColumnsWriter.CreateAsync(
                ResultColumns.Table(shape, integerIds, said),
                ResultColumns.Optional,
                _file,
                cancellationToken
            );
            _rows = 0;
        }
    }

    private async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (_parquet is null)
            return;
        if (_group.Rows > 0)
            await PackAsync(cancellationToken);
        await _packing;
        // What reads a file without a row group, and there are programs that cannot, reads one of no rows.
        if (_rows == 0)
            await _parquet.WriteAsync(_group.Columns, 0, cancellationToken);
        await _parquet.DisposeAsync();
        _parquet = null;
        var (bytes, checksum) = _file!.Finish();
        await _file.DisposeAsync();
        _written.Add(new ResultFile(files[_open].Path, _rows, bytes, checksum));
    }

    /// <summary>Has what was gathered written.</summary>
    public async Task PackAsync(CancellationToken cancellationToken)
    {
        await _packing;
        var (group, parquet) = (_group, _parquet!);
        _rows += group.Rows;
        (_group, _spare) = (_spare!, group);
        _group.Rows = 0;
        _packing = Task.Run(() => parquet.WriteAsync(group.Columns, group.Rows, cancellationToken), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _packing;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // What ended the writing is thrown by whoever writes.
        }
        if (_file is not null)
            await _file.DisposeAsync();
    }

    /// <summary>Rows that are gathered.</summary>
    private sealed class Group
    {
        private readonly long[] _ids;
        private readonly long[]? _numbers;
        private readonly string[]? _texts;
        private readonly double[] _scores = [];
        private readonly bool[] _flags = [];
        private readonly long[] _clusters = [];
        private readonly (ResultNumber Number, double[] Values)[] _more;

        public Group(int rows, ResultShape shape, bool integerIds)
        {
            _ids = new long[rows];
            _numbers = integerIds ? new long[rows] : null;
            _texts = integerIds ? null : new string[rows];
            if (shape.IsClusters)
                _clusters = new long[rows];
            else
                (_scores, _flags) = (new double[rows], new bool[rows]);
            _more = [.. shape.Numbers.Select(n => (n, new double[rows]))];
            Columns =
            [
                _ids,
                (Array?)_numbers ?? _texts!,
                .. shape.IsClusters ? (Array[])[_clusters] : [_scores, _flags],
                .. _more.Select(m => m.Values),
            ];
        }

        public int Rows { get; set; }

        /// <summary>In the order of the table's.</summary>
        public IReadOnlyList<Array> Columns { get; }

        public void Add(long number, string? text, in StoredResult result)
        {
            _ids[Rows] = result.StarId;
            if (_numbers is not null)
                _numbers[Rows] = number;
            else
                _texts![Rows] = text!;
            if (result.ClusterId is { } cluster)
                _clusters[Rows] = cluster;
            else
                (_scores[Rows], _flags[Rows]) = (result.Score!.Value, result.IsAnomaly);
            foreach (var (more, values) in _more)
                values[Rows] = more.Of(result) ?? double.NaN;
            Rows++;
        }
    }
}
