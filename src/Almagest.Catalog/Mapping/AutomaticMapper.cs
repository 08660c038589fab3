namespace Almagest.Catalog.Mapping;

/// <summary>Finds the columns of each star field by name, then by UCD.</summary>
internal sealed class AutomaticMapper
{
    private readonly IReadOnlyList<CatalogColumn> _columns;
    private readonly Dictionary<string, List<int>> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<int> _used = [];
    private readonly SortedDictionary<int, string> _dropped = [];

    public AutomaticMapper(IReadOnlyList<CatalogColumn> columns)
    {
        _columns = columns;
        for (var i = 0; i < columns.Count; i++)
        {
            if (!_byName.TryGetValue(columns[i].Name, out var indices))
                _byName.Add(columns[i].Name, indices = []);
            indices.Add(i);
        }
    }

    /// <summary>Columns that would have been a field but for their unit, and that field.</summary>
    public IReadOnlyDictionary<int, string> Dropped => _dropped;

    public Dictionary<string, MappedField> Map()
    {
        var fields = new Dictionary<string, MappedField>(StringComparer.Ordinal);
        MapPosition(fields);
        foreach (var field in StarField.All)
        {
            if (fields.ContainsKey(field))
                continue;
            var candidates = Candidates(field);
            if (
                field == StarField.Color
                && candidates.TrueForAll(i => !IsGaiaColor(i))
                && Colour() is { } computed
                && (candidates.Count == 0 || computed.Gaia)
            )
                fields[field] = computed.Field with { Alternatives = Names(candidates) };
            else if (field == StarField.SourceId)
                MapIdentifier(fields, candidates);
            else if (FieldAliases.ErrorOf(field) is { } measured)
                MapError(fields, field, fields.GetValueOrDefault(measured), candidates);
            else if (candidates.Count > 0)
                Add(fields, FromColumn(field, _columns, candidates[0], Names(candidates.Skip(1))));
        }
        if (
            !fields.ContainsKey(StarField.ParallaxErrorMas)
            && fields.TryGetValue(StarField.ParallaxMas, out var parallax)
            && FieldAliases.ParallaxOverError.Select(FindNumber).FirstOrDefault(i => i >= 0, -1) is >= 0 and var ratio
        )
        {
            int[] both = [parallax.Columns[0], ratio];
            // The absolute value: a negative parallax has a negative ratio and a positive error.
            var derived = $"derived as |{_columns[both[0]].Name} / {_columns[ratio].Name}|, for no column gives it";
            fields[StarField.ParallaxErrorMas] = new MappedField(
                StarField.ParallaxErrorMas,
                FieldSource.Ratio,
                both,
                Names(both),
                parallax.Factor,
                parallax.Note.Length > 0 ? $"{derived}, {parallax.Note}" : derived,
                []
            );
        }
        return fields;
    }

    /// <param name="given">the unit as the user says it, null for the column's own</param>
    public static MappedField FromColumn(
        string field,
        IReadOnlyList<CatalogColumn> columns,
        int index,
        IReadOnlyList<string> alternatives,
        string? given = null
    )
    {
        var column = columns[index];
        var position = field is StarField.RaDeg or StarField.DecDeg;
        var said = given ?? column.Unit;
        if (said is null && position)
            said = UnitNames.OfPosition(column.Name) ?? (field == StarField.RaDeg && HoursByCustom(columns, column) ? "hours" : null);
        var unit = UnitConversion.For(field, said);
        var note = unit.Note;
        if (said is not null && said != column.Unit && given is null)
            note = $"{note}, which no unit but the names say".TrimStart(',', ' ');
        if (position && column.Type == ColumnType.Text && unit.Factor == 1)
            note = note.Length > 0 ? note : "sexagesimal text is converted";
        return new MappedField(field, FieldSource.Column, [index], [column.Name], unit.Factor, note, alternatives)
        {
            SexagesimalInDegrees = field == StarField.DecDeg || UnitConversion.SexagesimalInDegrees(said),
            TimesCosDec = unit.TimesCosDec && column.Description?.Contains("cos", StringComparison.OrdinalIgnoreCase) != true,
            GivenUnit = given,
            UnitIsAssumed = said is null && column.Type != ColumnType.Text && NamesNoUnit(field, column.Name),
        };
    }

    private static bool NamesNoUnit(string field, string name) =>
        field switch
        {
            StarField.RaDeg => !UnitNames.SaysDegrees(name),
            _ => !name.Contains("mas", StringComparison.OrdinalIgnoreCase),
        };

    /// <summary>The HYG database and what is made of it give right ascensions in hours and say so in its documentation alone.</summary>
    private static bool HoursByCustom(IReadOnlyList<CatalogColumn> columns, CatalogColumn column)
    {
        if (column.Type == ColumnType.Text || column.Glance is { Maximum: > 24 })
            return false;
        bool Has(string name) => columns.Any(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return column.Name.Equals("ra", StringComparison.OrdinalIgnoreCase)
            && (Has("proper") || Has("ProperName"))
            && (Has("hip") || Has("hd") || Has("gl") || Has("HYGID") || Has("StarID"))
            && (Has("absmag") || Has("dist") || Has("distance"));
    }

    /// <summary>
    /// Of several columns of identifiers the first that has one in every row, each another; a number of another catalogue that many
    /// stars lack is none.
    /// </summary>
    private void MapIdentifier(Dictionary<string, MappedField> fields, List<int> candidates)
    {
        if (candidates.Count == 0)
        {
            var named = Enumerable
                .Range(0, _columns.Count)
                .Where(i =>
                    FieldAliases.NamesIfUnique.Contains(_columns[i].Name, StringComparer.OrdinalIgnoreCase)
                    && _columns[i] is { Type: ColumnType.Text, Glance: { Whole: true, Rows: > 1, Nulls: 0, Repeats: false } }
                )
                .ToList();
            if (named.Count > 0)
                Add(fields, FromColumn(StarField.SourceId, _columns, named[0], Names(named.Skip(1))));
            return;
        }
        int Rank(int i) =>
            _columns[i].Glance is not { Rows: > 0 } glance ? 0
            : glance.Nulls > 0 ? (glance.Nulls * 10 <= glance.Rows && FieldAliases.IsOwnIdentifier(_columns[i].Name) ? 0 : 2)
            : glance.Repeats ? 1
            : 0;
        var best = candidates.OrderBy(Rank).First();
        if (best != candidates[0] && Rank(candidates[0]) == 1 && _columns[best].Glance is not { Whole: true, Rows: > 2 })
            best = candidates[0];
        // A catalogue's own identifier may be missing by mistake, and its row is told then; that of another one is often missing.
        if (
            _columns[best].Glance is { Nulls: > 0 } gaps
            && gaps.Nulls * 10 > gaps.Rows
            && !FieldAliases.IsOwnIdentifier(_columns[best].Name)
        )
            return;
        Add(fields, FromColumn(StarField.SourceId, _columns, best, Names(candidates.Where(i => i != best))));
    }

    /// <summary>
    /// The error of the column that was taken: the one that is named after it, else a known name that is not named after another column.
    /// </summary>
    private void MapError(Dictionary<string, MappedField> fields, string field, MappedField? of, List<int> known)
    {
        var own = of is not { Source: FieldSource.Column, ColumnNames: [var column] }
            ? []
            : FieldAliases.ErrorNames(column).Select(name => Find(field, name)).Where(i => i >= 0 && !_used.Contains(i)).ToList();
        var position = field is StarField.RaError or StarField.DecError;
        // A star has one position, however often a table writes it; but it may have two parallaxes or velocities.
        var others = position ? [] : _columns.Where((_, i) => of?.Columns.Contains(i) != true);
        var strange = others.SelectMany(c => FieldAliases.ErrorNames(c.Name)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var candidates = own.Concat(known.Where(i => !strange.Contains(_columns[i].Name))).Distinct().ToList();
        // Surveys give errors of positions in arcseconds; those without a unit are milliarcseconds where there are parallaxes.
        if (position && !fields.ContainsKey(StarField.ParallaxMas))
            candidates.RemoveAll(i => _columns[i].Unit is null && _columns[i].Name.ToLowerInvariant() is not ("ra_error" or "dec_error"));
        if (candidates.Count == 0)
            return;
        var mapped = FromColumn(field, _columns, candidates[0], Names(candidates.Skip(1)));
        Add(fields, position && _columns[candidates[0]].Unit is null ? mapped with { Note = "no unit is said: taken as mas" } : mapped);
    }

    private void Add(Dictionary<string, MappedField> fields, MappedField mapped)
    {
        fields[mapped.Field] = mapped;
        _used.UnionWith(mapped.Columns);
    }

    /// <summary>Numbers are preferred to sexagesimal text where a table has both; a pair to two unrelated columns.</summary>
    private void MapPosition(Dictionary<string, MappedField> fields)
    {
        var pairs = FieldAliases
            .Positions.Select(p => (Ra: Find(StarField.RaDeg, p.Ra), Dec: Find(StarField.DecDeg, p.Dec)))
            .Where(p => p.Ra >= 0 && p.Dec >= 0)
            .ToArray();
        var byUcd = (Ra: ByUcd(StarField.RaDeg), Dec: ByUcd(StarField.DecDeg));
        if (byUcd.Ra.Count > 0 && byUcd.Dec.Count > 0)
            pairs = [.. pairs, (byUcd.Ra[0], byUcd.Dec[0])];
        pairs = pairs.Where(p => Plausible(StarField.RaDeg, p.Ra) && Plausible(StarField.DecDeg, p.Dec)).DistinctBy(p => p.Ra).ToArray();
        // Hours alone are the whole right ascension only where no minutes stand beside them.
        if (pairs.Length > 0 && pairs.All(p => IsHours(_columns[p.Ra])) && MapComponents(fields))
            return;
        if (pairs.Length == 0 && (MapComponents(fields) || MapGalactic(fields)))
            return;
        if (pairs.Length == 0)
        {
            // Halves of different pairs are better than nothing; both names are shown to the user.
            var ra = FieldAliases.Positions.Select(p => Find(StarField.RaDeg, p.Ra)).FirstOrDefault(i => i >= 0, -1);
            var dec = FieldAliases.Positions.Select(p => Find(StarField.DecDeg, p.Dec)).FirstOrDefault(i => i >= 0, -1);
            if (ra >= 0)
                Add(fields, FromColumn(StarField.RaDeg, _columns, ra, []));
            if (dec >= 0)
                Add(fields, FromColumn(StarField.DecDeg, _columns, dec, []));
            return;
        }
        var ordered = pairs
            .OrderBy(p => _columns[p.Ra].Type == ColumnType.Text || _columns[p.Dec].Type == ColumnType.Text ? 1 : 0)
            .ToArray();
        Add(fields, FromColumn(StarField.RaDeg, _columns, ordered[0].Ra, Names(ordered.Skip(1).Select(p => p.Ra))));
        Add(fields, FromColumn(StarField.DecDeg, _columns, ordered[0].Dec, Names(ordered.Skip(1).Select(p => p.Dec))));
    }

    /// <summary>Not so where every number in the first rows lies outside the field's range.</summary>
    private bool Plausible(string field, int index)
    {
        if (_columns[index] is not { Glance: { Rows: > 0 } glance } column || double.IsNaN(glance.Minimum))
            return true;
        var factor = UnitConversion.For(field, column.Unit).Factor;
        return field == StarField.RaDeg
            ? glance.Minimum * factor <= 360 && glance.Maximum * factor >= -180
            : glance.Minimum * factor <= 90 && glance.Maximum * factor >= -90;
    }

    /// <summary>Hours, minutes and seconds in columns of their own.</summary>
    private bool MapComponents(Dictionary<string, MappedField> fields)
    {
        foreach (var (ra, dec) in FieldAliases.Components)
        {
            int[] r = ra.Select(Exactly).ToArray(),
                d = dec.Select(Exactly).ToArray();
            if (r.Contains(-1) || d.Contains(-1))
                continue;
            Add(fields, new MappedField(StarField.RaDeg, FieldSource.Sexagesimal, r, Names(r), 15, "converted from h, m, s", []));
            Add(fields, new MappedField(StarField.DecDeg, FieldSource.Sexagesimal, d, Names(d), 1, "converted from d, m, s", []));
            return true;
        }
        foreach (var (ra, dec) in FieldAliases.UnsignedComponents)
        {
            int[] r = ra.Select(Exactly).ToArray(),
                d = dec.Select(Exactly).ToArray();
            if (r.Contains(-1) || d.Contains(-1))
                continue;
            var note = $"converted from d, m, s; no column of the sign: it is taken from {_columns[d[0]].Name}";
            Add(fields, new MappedField(StarField.RaDeg, FieldSource.Sexagesimal, r, Names(r), 15, "converted from h, m, s", []));
            Add(fields, new MappedField(StarField.DecDeg, FieldSource.SignedSexagesimal, d, Names(d), 1, note, []));
            return true;
        }
        return false;
    }

    private static bool IsHours(CatalogColumn column) => UnitNames.OfPosition(column.Name) == "hours" && column.Type != ColumnType.Text;

    private int Exactly(string name) => _byName.TryGetValue(name, out var indices) ? indices[0] : -1;

    private bool MapGalactic(Dictionary<string, MappedField> fields)
    {
        var byUcd = Enumerable.Range(0, _columns.Count).Where(i => Fits(StarField.RaDeg, i)).ToArray();
        var pairs = new List<(int, int)>
        {
            (
                byUcd.FirstOrDefault(i => FieldAliases.IsGalactic(_columns[i].Ucd, latitude: false), -1),
                byUcd.FirstOrDefault(i => FieldAliases.IsGalactic(_columns[i].Ucd, latitude: true), -1)
            ),
        };
        pairs.AddRange(
            FieldAliases.GalacticPositions.Select(p => (Find(StarField.RaDeg, p.Longitude), Find(StarField.DecDeg, p.Latitude)))
        );
        var found = pairs.FirstOrDefault(p => p.Item1 >= 0 && p.Item2 >= 0 && p.Item1 != p.Item2, (-1, -1));
        if (found.Item1 < 0)
            return false;
        Add(fields, FromColumn(StarField.RaDeg, _columns, found.Item1, []) with { SexagesimalInDegrees = true });
        Add(fields, FromColumn(StarField.DecDeg, _columns, found.Item2, []));
        foreach (var motion in FieldAliases.GalacticMotions)
        {
            int l = Find(StarField.PmraMasYr, motion.Longitude),
                b = Find(StarField.PmdecMasYr, motion.Latitude);
            if (l < 0 || b < 0)
                continue;
            Add(fields, FromColumn(StarField.PmraMasYr, _columns, l, []));
            Add(fields, FromColumn(StarField.PmdecMasYr, _columns, b, []));
            break;
        }
        return true;
    }

    private List<int> Candidates(string field)
    {
        var found = new List<int>();
        foreach (var alias in FieldAliases.ByField.GetValueOrDefault(field, []))
            if (alias == FieldAliases.MainUcd)
                found.AddRange(ByUcd(field));
            else if (_byName.TryGetValue(alias, out var indices))
                found.AddRange(indices.Where(i => Fits(field, i)).OrderByDescending(i => _columns[i].Name == alias));
        found.AddRange(ByUcd(field));
        return found.Where(i => !_used.Contains(i)).Distinct().ToList();
    }

    private List<int> ByUcd(string field) =>
        Enumerable
            .Range(0, _columns.Count)
            .Where(i => _columns[i].Ucd is { } ucd && FieldAliases.UcdMatches(field, ucd) && Fits(field, i))
            .ToList();

    /// <summary>The column of that name, written exactly so if there is one; -1 where there is none.</summary>
    private int Find(string field, string name) =>
        _byName.TryGetValue(name, out var indices)
            ? indices.Where(i => Fits(field, i)).OrderByDescending(i => _columns[i].Name == name).FirstOrDefault(-1)
            : -1;

    private int FindNumber(string name) => Find(StarField.Ruwe, name);

    /// <summary>The right kind of values, in a unit that is one of the field's.</summary>
    private bool Fits(string field, int index)
    {
        var column = _columns[index];
        if (column.Type == ColumnType.Json)
            return false;
        if (StarField.IsText(field))
            return true;
        if (column.Type == ColumnType.Boolean)
            return field == StarField.LabelOutlier;
        // A short name such as V or G may as well be a flag; words in it say that it is.
        var position = field is StarField.RaDeg or StarField.DecDeg;
        if (column.Type == ColumnType.Text && column.Name.Length <= 2 && !position)
            return false;
        // Where most errors are words, such as "<0.1", they say more as they are.
        if (column.Type == ColumnType.Text && FurtherField.IndexOf(field) >= 0)
            return false;
        if (UnitConversion.For(field, column.Unit).Known)
            return true;
        // That a magnitude or a temperature is no position need not be said.
        if (!(position && (UnitConversion.For(StarField.Magnitude, column.Unit).Known || column.Unit is "K")))
            _dropped.TryAdd(index, field);
        return false;
    }

    private bool IsGaiaColor(int index) =>
        _columns[index].Name.Contains("rp", StringComparison.OrdinalIgnoreCase)
        || _columns[index].Name.StartsWith("colo", StringComparison.OrdinalIgnoreCase);

    private (MappedField Field, bool Gaia)? Colour()
    {
        foreach (var (blue, red) in FieldAliases.ColorPairs)
        {
            int b = Find(StarField.Color, blue),
                r = Find(StarField.Color, red);
            if (b < 0 || r < 0)
                continue;
            var factor = UnitConversion.For(StarField.Color, _columns[b].Unit).Factor;
            if (factor != UnitConversion.For(StarField.Color, _columns[r].Unit).Factor)
                continue;
            return (
                new MappedField(StarField.Color, FieldSource.Difference, [b, r], [_columns[b].Name, _columns[r].Name], factor, "", []),
                blue.Contains("bp", StringComparison.OrdinalIgnoreCase)
            );
        }
        return null;
    }

    private string[] Names(IEnumerable<int> indices) => indices.Select(i => _columns[i].Name).ToArray();
}
