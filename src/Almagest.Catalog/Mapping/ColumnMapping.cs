using Almagest.Sky;

namespace Almagest.Catalog.Mapping;

/// <summary>
/// Which columns of a table hold the fields of a star. Immutable. A column's unit is converted to the field's. Fields that no column
/// gives are missing in every star, except for <c>source_id</c>, for which the row number stands in.
/// </summary>
public sealed class ColumnMapping
{
    private readonly IReadOnlyList<CatalogColumn> _columns;
    private readonly Dictionary<string, MappedField> _fields;
    private readonly PositionSystem? _chosen;
    private readonly PositionChoice _position;

    private readonly IReadOnlyDictionary<int, string> _dropped;

    internal ColumnMapping(
        IReadOnlyList<CatalogColumn> columns,
        Dictionary<string, MappedField> fields,
        IReadOnlyDictionary<int, string> dropped,
        PositionSystem? chosen = null
    )
    {
        _columns = columns;
        _dropped = dropped;
        _fields = fields;
        _chosen = chosen;
        _position = PositionChoice.Of(columns, fields, chosen);
        Fields = StarField.All.Where(fields.ContainsKey).Select(f => fields[f]).ToArray();
    }

    /// <summary>The mapped fields, in the order of <see cref="StarField.All"/>.</summary>
    public IReadOnlyList<MappedField> Fields { get; }

    /// <summary>
    /// The system of the mapped position: what <see cref="WithSystem"/> set, else what the file says of the column (COOSYS, RADESYS and
    /// EQUINOX, a Galactic UCD), else what the column's name says, else ICRS. Stars are converted from it to ICRS. Null where it is one
    /// that cannot be converted.
    /// </summary>
    public PositionSystem? System => _position.System;

    /// <summary>Are the proper motions of the same system as the position, so that they turn with it?</summary>
    internal bool RotatesMotions => _position.RotatesMotions;

    /// <summary>Degrees from which the right ascensions are said to run: 0, to 360, or -180, to 180. Null where nobody said it: then
    /// they run from 0, and Galactic longitudes either way.</summary>
    public int? RaFrom { get; private init; }

    /// <summary>The same mapping, its right ascensions taken to run from there.</summary>
    /// <param name="degrees">0 or -180; null where it is not said</param>
    public ColumnMapping WithRaFrom(int? degrees)
    {
        if (degrees is not (null or 0 or -180))
            throw new ArgumentOutOfRangeException(nameof(degrees), degrees, "Right ascensions run from 0 or from -180 degrees.");
        return new ColumnMapping(_columns, _fields, _dropped, _chosen) { RaFrom = degrees };
    }

    /// <summary>The same mapping, its position taken to be in that system.</summary>
    public ColumnMapping WithSystem(PositionSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return new ColumnMapping(_columns, _fields, _dropped, system) { RaFrom = RaFrom };
    }

    /// <summary>What the user should know of the choice: columns that were left out for their unit, identifiers with gaps.</summary>
    public IReadOnlyList<string> Remarks =>
        [.. _dropped.Where(d => !IsUsed(d.Key)).Select(d => UnitRemark(d.Key, d.Value)), .. IdentifierRemarks(), .. RowNumberRemarks()];

    /// <summary>A first column without a name, of whole numbers that count the rows: what R and pandas write of themselves.</summary>
    private bool CountsRows(int column) =>
        column == 0
        && _columns[0] is { Name: "column_1" or "Unnamed: 0" or "rownames", Glance: { Rows: > 1, Nulls: 0, Repeats: false } glance }
        && glance.Minimum is 0 or 1
        && glance.Maximum == glance.Rows - 1 + glance.Minimum;

    private IEnumerable<string> RowNumberRemarks()
    {
        if (_columns.Count == 0 || !CountsRows(0) || IsUsed(0))
            yield break;
        yield return $"The first column has no name of a quantity and counts the rows from {_columns[0].Glance!.Minimum:0}, as R and "
            + $"pandas write it: it is no identifier and no measurement, and is kept as extra column '{_columns[0].Name}'.";
    }

    /// <summary>Why a column is no field of a star; null where nothing is to be said.</summary>
    internal string? WhyUnused(int column)
    {
        if (_dropped.TryGetValue(column, out var field))
            return $"its unit '{RejectedRow.Clip(_columns[column].Unit ?? "")}' is not one of {field}";
        var name = _columns[column].Name;
        return _fields.Values.FirstOrDefault(f => f.Alternatives.Contains(name)) is { } taken
            ? $"{taken.Formula} was taken for {taken.Field}"
            : null;
    }

    private bool IsUsed(int column) => _fields.Values.Any(f => f.Columns.Contains(column));

    private string UnitRemark(int column, string field) =>
        $"Column '{RejectedRow.Clip(_columns[column].Name)}' was not taken for {field}: its unit "
        + $"'{RejectedRow.Clip(_columns[column].Unit ?? "")}' is not one of {StarField.Units(field)}. If that is wrong, say it: "
        + $"{field}={_columns[column].Name}:UNIT.";

    private IEnumerable<string> IdentifierRemarks()
    {
        var mapped = _fields.GetValueOrDefault(StarField.SourceId);
        if (mapped is { Columns: [var taken] } && _columns[taken].Glance is { Rows: > 0 } glance)
        {
            if (glance.Nulls > 0)
                yield return $"The identifier in '{mapped.Formula}' is missing in {glance.Nulls} of the first {glance.Rows} rows; rows "
                    + $"without one are not loaded. {StarField.SourceId}=none numbers the rows instead.";
            else if (glance.Repeats)
                yield return $"The identifier in '{mapped.Formula}' repeats itself: of rows with one identifier the first is loaded. "
                    + $"{StarField.SourceId}=none numbers the rows instead.";
        }
        if (mapped is not null)
            yield break;
        var gaps = Enumerable
            .Range(0, _columns.Count)
            .Where(i => FieldAliases.ByField[StarField.SourceId].Contains(_columns[i].Name, StringComparer.OrdinalIgnoreCase))
            .Where(i => _columns[i].Glance is { Nulls: > 0 });
        foreach (var i in gaps.Take(1))
            yield return $"The rows are numbered: column '{RejectedRow.Clip(_columns[i].Name)}' names only "
                + $"{_columns[i].Glance!.Rows - _columns[i].Glance!.Nulls} of the first {_columns[i].Glance!.Rows} rows.";
    }

    /// <summary>Where a field comes from; null where no column gives it.</summary>
    public MappedField? this[string field] => _fields.GetValueOrDefault(field);

    /// <summary>
    /// Maps by the columns' names, best known name first and without regard to case, then by their UCDs. A missing colour is computed
    /// from blue and red magnitudes, a missing parallax error from parallax and parallax_over_error. Finding no position is no
    /// error here, so that <see cref="With(IEnumerable{string})"/> can name it; see <see cref="EnsurePosition"/>.
    /// </summary>
    public static ColumnMapping Automatic(IReadOnlyList<CatalogColumn> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        var mapper = new AutomaticMapper(columns);
        return new ColumnMapping(columns, mapper.Map(), mapper.Dropped);
    }

    /// <summary>The same mapping with some fields set by hand.</summary>
    /// <param name="overrides">each <c>field=COLUMN</c>; <c>field=none</c> leaves the field without a column</param>
    /// <exception cref="CatalogFormatException">an override is malformed, or names a field or column that does not exist</exception>
    public ColumnMapping With(IEnumerable<string> overrides)
    {
        ArgumentNullException.ThrowIfNull(overrides);
        var fields = new Dictionary<string, MappedField>(_fields, StringComparer.Ordinal);
        foreach (var text in overrides)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                throw new CatalogFormatException($"'{text}' is not a mapping. Expected FIELD=COLUMN, for example ra_deg=RAJ2000.");
            var field = StarField.Named(text[..equals].Trim());
            var column = text[(equals + 1)..].Trim();
            if (!StarField.All.Contains(field))
                throw new CatalogFormatException($"'{field}' is not a star field. Expected one of: {string.Join(", ", StarField.All)}.");
            var index = Find(column);
            string? unit = null;
            if (index < 0 && column.LastIndexOf(':') is > 0 and var colon && Find(column[..colon].Trim()) is >= 0 and var named)
            {
                (index, unit) = (named, column[(colon + 1)..].Trim());
                if (unit.Length == 0 || StarField.IsText(field) || !UnitConversion.For(field, unit).Known)
                    throw new CatalogFormatException(
                        $"'{text}' gives {field} a unit that it does not have. Expected {StarField.Units(field)}."
                    );
            }
            if (index >= 0)
                fields[field] = AutomaticMapper.FromColumn(field, _columns, index, [], unit);
            else if (column.Length == 0 || column.Equals("none", StringComparison.OrdinalIgnoreCase))
                fields.Remove(field);
            else
                throw new CatalogFormatException($"There is no column '{column}' for {field}. {ColumnList()}");
        }
        return new ColumnMapping(_columns, fields, _dropped, _chosen) { RaFrom = RaFrom };
    }

    /// <inheritdoc cref="With(IEnumerable{string})"/>
    public ColumnMapping With(params string[] overrides) => With((IEnumerable<string>)overrides);

    /// <exception cref="CatalogFormatException">right ascension or declination has no column, or is in a system that cannot be
    /// converted</exception>
    public void EnsurePosition()
    {
        var missing = new[] { StarField.RaDeg, StarField.DecDeg }.Where(f => !_fields.ContainsKey(f)).ToArray();
        if (missing.Length == 0 && _position.Unknown is { } unknown)
            throw new CatalogFormatException(
                $"The position in {_fields[StarField.RaDeg].Formula} and {_fields[StarField.DecDeg].Formula} is in the system "
                    + $"'{RejectedRow.Clip(unknown)}', which is not converted to ICRS. Name columns in another one, or, where the file "
                    + $"is wrong, the true one: icrs, fk5, fk4 or galactic."
            )
            {
                Code = CatalogFormatException.PositionSystemUnknown,
            };
        if (missing.Length == 0)
            return;
        var what =
            missing.Length == 2 ? "right ascension and declination"
            : missing[0] == StarField.RaDeg ? "right ascension"
            : "declination";
        var reasons = _dropped.Where(d => missing.Contains(d.Value)).Select(d => UnitRemark(d.Key, d.Value) + " ");
        var likely = missing.Select(f => (Field: f, Column: PositionGuess.Of(_columns, f))).Where(g => g.Column is not null).ToArray();
        var guess = likely.Length < missing.Length ? "" : $" Perhaps {string.Join(' ', likely.Select(l => $"{l.Field}={l.Column}"))}.";
        throw new CatalogFormatException(
            $"No column for {what} was recognised, so this is not a star catalogue as it stands. {string.Concat(reasons)}{ColumnList()} "
                + $"If the positions are there under other names, name the column of {string.Join(" and of ", missing)}.{guess}"
        )
        {
            Code = CatalogFormatException.PositionsMissing,
            Facts = new Dictionary<string, object?>
            {
                ["fields"] = missing,
                ["columns"] = guess.Length == 0 ? null : likely.Select(l => l.Column).ToArray(),
            },
        };
    }

    /// <summary>One line per mapped field: <c>ra_deg ← RAJ2000 (converted from h:m:s)</c>.</summary>
    public override string ToString()
    {
        var lines = Fields.Select(f => f with { Note = string.Join(", ", Notes(f).Where(n => n.Length > 0)) }).Select(f => f.ToString());
        return string.Join('\n', _fields.ContainsKey(StarField.SourceId) ? lines : lines.Prepend($"{StarField.SourceId} ← the row number"));
    }

    private IEnumerable<string> Notes(MappedField field)
    {
        yield return field.Note;
        if (field.Field == StarField.RaDeg && RaFrom == -180)
            yield return "from -180 to 180 degrees";
        if (Converted(field.Field))
            yield return $"{System} to ICRS";
    }

    private bool Converted(string field) =>
        System is { Frame: not SkyFrame.Icrs }
        && (field is StarField.RaDeg or StarField.DecDeg || (RotatesMotions && field is StarField.PmraMasYr or StarField.PmdecMasYr));

    private int Find(string column)
    {
        for (var i = 0; i < _columns.Count; i++)
            if (_columns[i].Name == column)
                return i;
        for (var i = 0; i < _columns.Count; i++)
            if (_columns[i].Name.Equals(column, StringComparison.OrdinalIgnoreCase))
                return i;
        // As the file writes it, with the unit that was taken out of it.
        var split = UnitNames.Split(new CatalogColumn(column, ColumnType.Text));
        for (var i = 0; i < _columns.Count && split.Unit is not null; i++)
            if (_columns[i].Name.Equals(split.Name, StringComparison.OrdinalIgnoreCase) && _columns[i].Unit == split.Unit)
                return i;
        return -1;
    }

    private string ColumnList()
    {
        const int Shown = 60;
        var names = string.Join(", ", _columns.Take(Shown).Select(c => RejectedRow.Clip(c.Name)));
        var named = _columns.Any(c => !c.Name.StartsWith("column_", StringComparison.Ordinal));
        return $"Columns found ({_columns.Count}): "
            + $"{names}{(_columns.Count > Shown ? " …" : "")}.{(named ? "" : " The file seems to have no header line.")}";
    }
}
