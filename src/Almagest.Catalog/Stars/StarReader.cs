using Almagest.Catalog.Mapping;

namespace Almagest.Catalog.Stars;

/// <summary>
/// Reads the stars of an open catalogue by a column mapping. A row whose star fields make no sense is rejected with the line, field and
/// reason, and reading goes on: a position that is missing or outside its range (a right ascension of exactly 360 becomes 0), a word or
/// an infinity where a number belongs, a missing identifier in a catalogue that has them, text that is too long.
/// </summary>
public sealed class StarReader
{
    private readonly ICatalogReader _reader;
    private readonly StarReaderOptions _options;
    private readonly HoursDoubt _hours;
    private readonly RangeDoubt _range;
    private readonly LoadTally _tally;

    /// <param name="reader">stays the caller's to dispose of</param>
    /// <param name="mapping">of that reader's columns</param>
    /// <exception cref="CatalogFormatException">the mapping has no position, or one whose system or epoch cannot be converted as
    /// asked</exception>
    public StarReader(ICatalogReader reader, ColumnMapping mapping, StarReaderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentNullException.ThrowIfNull(mapping);
        mapping.EnsurePosition();
        _reader = reader;
        _options = options ?? new StarReaderOptions();
        if (
            _options.TargetEpoch is { } target
            && mapping[StarField.Epoch] is null
            && (_options.CatalogEpoch ?? mapping.System!.Epoch) is null
        )
        {
            throw new CatalogFormatException(
                FormattableString.Invariant($"The positions cannot be carried to {target}: ")
                    + "the file does not say for which epoch they hold. Say it, for instance 2016 for Gaia DR3, or name its column."
            )
            {
                Code = CatalogFormatException.CatalogueEpochUnknown,
            };
        }
        Mapping = mapping;
        _hours = new HoursDoubt(mapping);
        _range = new RangeDoubt(mapping);
        _tally = new LoadTally(reader.Columns, mapping);
    }

    public ColumnMapping Mapping { get; }

    /// <inheritdoc cref="ICatalogReader.Locate"/>
    public (string? File, long Line) Locate(long line) => _reader.Locate(line);

    /// <summary>What became of the file so far; complete when it was read to its end.</summary>
    public LoadReport Report => _tally.Report(Accepted + Rejected, Rejected, _hours.Remark, _range.Remark);

    /// <summary>Stars delivered so far.</summary>
    public long Accepted { get; private set; }

    /// <summary>Rows left out so far.</summary>
    public long Rejected { get; private set; }

    /// <summary>Stars so far that could not be carried to the wanted epoch, for lack of a proper motion or an epoch.</summary>
    public long NotCarried { get; private set; }

    /// <summary>Whether the identifier of every star so far is a whole number.</summary>
    public bool HasIntegerIds { get; private set; } = true;

    /// <summary>What a load would say of some rows.</summary>
    internal static LoadReport Look(IReadOnlyList<CatalogColumn> columns, ColumnMapping mapping, CatalogBatch? rows)
    {
        var tally = new LoadTally(columns, mapping);
        if (rows is null)
            return tally.Report(0, 0);
        tally.Add(rows);
        string? unit = null,
            range = null;
        var rejected = rows.Rejected.Count;
        if (mapping[StarField.RaDeg] is not null && mapping[StarField.DecDeg] is not null && mapping.System is not null)
        {
            using var extras = new ExtraJsonWriter([], mapping);
            var stars = new StarBatchBuilder(rows, mapping, new StarReaderOptions(), 0).Build(extras);
            rejected = stars.Rejected.Count;
            tally.Add(stars);
            var hours = new HoursDoubt(mapping);
            hours.Add(stars.RaDeg, stars.DecDeg, stars.Count);
            unit = hours.Doubt ?? hours.Remark;
            var from = new RangeDoubt(mapping);
            from.Add(stars);
            range = RangeDoubt.Contradiction(mapping, stars, null) ?? from.Doubt ?? from.Remark;
        }
        return tally.Report(rows.Count + rows.Rejected.Count, rejected, unit, range);
    }

    /// <summary>Reads the whole catalogue. Can be called once. A batch may hold no star but rejected rows.</summary>
    /// <exception cref="CatalogFormatException">the file is damaged or cut short; or, behind its last row, its right ascensions are
    /// rather hours than degrees, or may run from -180 to 180</exception>
    public IEnumerable<StarBatch> ReadBatches(CancellationToken cancellationToken = default)
    {
        using var extras = new ExtraJsonWriter(_reader.Columns, Mapping, _options.TargetEpoch is not null);
        long row = 0;
        foreach (var rows in _reader.ReadBatches(_options.RowsPerBatch, cancellationToken))
        {
            var stars = new StarBatchBuilder(rows, Mapping, _options, row).Build(extras);
            row += rows.Count;
            Accepted += stars.Count;
            Rejected += stars.Rejected.Count;
            NotCarried += stars.NotCarried;
            if (stars.BeyondHalf is { } beyond)
                RangeDoubt.Refuse(Mapping, stars, Locate(beyond.Line));
            _hours.Add(stars.RaDeg, stars.DecDeg, stars.Count);
            _range.Add(stars);
            if (!_options.FieldsOnly)
            {
                HasIntegerIds = HasIntegerIds && stars.SourceId.All(id => WholeIds.Is(id));
                _tally.Add(rows);
                _tally.Add(stars);
            }
            yield return stars;
        }
        _hours.Judge();
        _range.Judge();
    }

    /// <summary>Reads the whole catalogue once more for somebody who knows its stars. Can be called once, instead of
    /// <see cref="ReadBatches"/>; nothing is reported.</summary>
    /// <param name="only">the fields that a position needs, besides itself; null = all</param>
    /// <exception cref="CatalogFormatException">the file is damaged or cut short</exception>
    public IEnumerable<RowBatch> ReadRows(IReadOnlySet<string>? only, CancellationToken cancellationToken = default)
    {
        using var none = new ExtraJsonWriter([], Mapping);
        var numbered = Mapping[StarField.SourceId] is null;
        long row = 0;
        foreach (var rows in _reader.ReadBatches(_options.RowsPerBatch, cancellationToken))
        {
            var first = row;
            row += rows.Count;
            var ids = new StarBatchBuilder(rows, Mapping, _options, first).WholeIds();
            var light = _options with { FieldsOnly = true, Only = only, WithoutIds = ids is not null };
            yield return new RowBatch(
                rows,
                new StarBatchBuilder(rows, Mapping, light, first).Build(none),
                ids,
                wanted =>
                {
                    // Who asks may do so while others are read, and behind the last.
                    using var extras = new ExtraJsonWriter(_reader.Columns, Mapping, _options.TargetEpoch is not null);
                    return new StarBatchBuilder(rows.Take(wanted), Mapping, _options, first)
                    {
                        RowNumbers = numbered ? Array.ConvertAll(wanted, i => first + i + 1) : null,
                    }.Build(extras);
                }
            );
        }
    }
}
