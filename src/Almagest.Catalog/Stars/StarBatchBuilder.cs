using System.Globalization;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.TextInput;
using Almagest.Sky;

namespace Almagest.Catalog.Stars;

/// <summary>Makes stars of one batch of rows: field by field, each row rejected at the first field that makes no sense.</summary>
internal sealed class StarBatchBuilder(CatalogBatch rows, ColumnMapping mapping, StarReaderOptions options, long firstRow)
{
    private readonly RejectedRow?[] _bad = new RejectedRow?[rows.Count];
    private readonly List<(string Field, int Count)> _impossible = [];
    private int _belowZero;
    private (long Line, double Degrees)? _beyondHalf;

    private double[]? _none;

    /// <summary>Of the rows in the table, from 1, where they do not follow each other.</summary>
    public long[]? RowNumbers { get; init; }

    public StarBatch Build(ExtraJsonWriter extras)
    {
        var sourceId = options.WithoutIds ? [] : SourceIds();
        var ra = Numbers(StarField.RaDeg);
        var dec = Numbers(StarField.DecDeg);
        CheckPositions(ra, dec);
        var parallax = Numbers(StarField.ParallaxMas);
        if (options.ZeroParallaxIsMissing)
            for (var i = 0; i < parallax.Length; i++)
                if (parallax[i] == 0)
                    parallax[i] = double.NaN;
        var parallaxError = Numbers(StarField.ParallaxErrorMas);
        Allow(StarField.ParallaxErrorMas, FieldKind.Error, parallaxError);
        var pmra = Numbers(StarField.PmraMasYr);
        var pmdec = Numbers(StarField.PmdecMasYr);
        var magnitude = Numbers(StarField.Magnitude);
        var color = Numbers(StarField.Color);
        var radialVelocity = Numbers(StarField.RadialVelocityKmS);
        var ruwe = Numbers(StarField.Ruwe);
        var further = Further(dec);
        var epoch = Epochs();
        if (mapping[StarField.PmraMasYr] is { TimesCosDec: true })
            TimesCosDec(pmra, dec);
        Suspect(StarField.ParallaxMas, parallax);
        Suspect(StarField.PmraMasYr, pmra);
        Suspect(StarField.PmdecMasYr, pmdec);
        Suspect(StarField.RadialVelocityKmS, radialVelocity);
        Convert(ra, dec, pmra, pmdec);
        var notCarried = Carry(ra, dec, pmra, pmdec, parallax, radialVelocity, epoch, further);
        var outlier = options.FieldsOnly ? null : Outliers();
        var kind = options.FieldsOnly ? null : Texts(StarField.LabelKind);
        var cluster = options.FieldsOnly ? null : Texts(StarField.LabelCluster);

        var kept = Enumerable.Range(0, rows.Count).Where(i => _bad[i] is null).ToArray();
        return new StarBatch
        {
            Count = kept.Length,
            SourceId = options.WithoutIds ? [] : Keep(sourceId, kept),
            RaDeg = Keep(ra, kept),
            DecDeg = Keep(dec, kept),
            ParallaxMas = Keep(parallax, kept),
            ParallaxErrorMas = Keep(parallaxError, kept),
            PmraMasYr = Keep(pmra, kept),
            PmdecMasYr = Keep(pmdec, kept),
            Magnitude = Keep(magnitude, kept),
            Color = Keep(color, kept),
            RadialVelocityKmS = Keep(radialVelocity, kept),
            Ruwe = Keep(ruwe, kept),
            Further = Array.ConvertAll(further, values => values is null ? null : Keep(values, kept)),
            Impossible = _impossible,
            BelowZero = _belowZero,
            BeyondHalf = _beyondHalf,
            Epoch = Keep(epoch, kept),
            NotCarried = notCarried,
            ExtraJson = options.FieldsOnly ? [] : kept.Select(i => extras.Write(rows, i)).ToArray(),
            LineNumber = Keep(rows.LineNumber, kept),
            LabelOutlier = outlier is null ? null : Keep(outlier, kept),
            LabelKind = kind is null ? null : Keep(kind, kept),
            LabelCluster = cluster is null ? null : Keep(cluster, kept),
            Rejected = rows.Rejected.Concat(_bad.Where(b => b is not null).Select(b => b!)).OrderBy(b => b.LineNumber).ToArray(),
        };
    }

    /// <summary>Only identifiers and labels; positions are not looked at.</summary>
    public LabelBatch BuildLabels()
    {
        var sourceId = SourceIds();
        var outlier = Outliers() ?? new int?[rows.Count];
        var kind = Texts(StarField.LabelKind) ?? new string?[rows.Count];
        var cluster = Texts(StarField.LabelCluster) ?? new string?[rows.Count];
        var kept = Enumerable.Range(0, rows.Count).Where(i => _bad[i] is null).ToArray();
        return new LabelBatch
        {
            Count = kept.Length,
            SourceId = Keep(sourceId, kept),
            Outlier = Keep(outlier, kept),
            Kind = Keep(kind, kept),
            Cluster = Keep(cluster, kept),
            LineNumber = Keep(rows.LineNumber, kept),
            Rejected = rows.Rejected.Concat(_bad.Where(b => b is not null).Select(b => b!)).OrderBy(b => b.LineNumber).ToArray(),
        };
    }

    /// <summary>The ids of all rows as numbers, where the catalogue has them so; null otherwise, or where a row has none.</summary>
    public long[]? WholeIds() =>
        mapping[StarField.SourceId] is { Source: FieldSource.Column } mapped
        && rows.Columns[mapped.Columns[0]] is Int64Vector { HasMisfits: false } numbers
        && !numbers.HasValue.AsSpan(0, rows.Count).Contains(false)
            ? numbers.Values
            : null;

    private static T[] Keep<T>(T[] values, int[] kept)
    {
        if (kept.Length == values.Length)
            return values;
        var result = new T[kept.Length];
        for (var i = 0; i < kept.Length; i++)
            result[i] = values[kept[i]];
        return result;
    }

    private void Reject(int row, string field, string reason, string text) =>
        _bad[row] ??= new RejectedRow(rows.LineNumber[row], field, reason, RejectedRow.Clip(text));

    private static string Show(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private MappedField? Mapped(string field) =>
        options.Only is null || field is StarField.RaDeg or StarField.DecDeg || options.Only.Contains(field) ? mapping[field] : null;

    private double[] Numbers(string field)
    {
        var mapped = Mapped(field);
        // Where most fields are not wanted, nothing is made of what is there, and they can be one.
        if (mapped is null && options.Only is not null && _none is not null)
            return _none;
        var values = new double[rows.Count];
        if (mapped is null)
        {
            Array.Fill(values, double.NaN);
            return _none = values;
        }
        if (mapped.Source is FieldSource.Sexagesimal or FieldSource.SignedSexagesimal)
            return Sexagesimals(mapped);
        Fill(values, mapped, mapped.Columns[0], mapped.ColumnNames[0]);
        if (mapped.Source == FieldSource.Column)
            return values;
        var second = new double[rows.Count];
        Fill(
            second,
            mapped with
            {
                Factor = mapped.Source == FieldSource.Difference ? mapped.Factor : 1,
            },
            mapped.Columns[1],
            mapped.ColumnNames[1]
        );
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = mapped.Source == FieldSource.Difference ? values[i] - second[i] : Math.Abs(values[i] / second[i]);
            if (double.IsInfinity(values[i]))
                values[i] = double.NaN;
        }
        return values;
    }

    /// <summary>No row is rejected for such a number: where it makes no sense it is missing.</summary>
    private double[]?[] Further(double[] dec)
    {
        var further = new double[]?[FurtherField.All.Count];
        for (var f = 0; f < further.Length; f++)
        {
            var field = FurtherField.All[f];
            if (Mapped(field.Name) is not { } mapped)
                continue;
            var values = further[f] = new double[rows.Count];
            switch (rows.Columns[mapped.Columns[0]])
            {
                case DoubleVector doubles:
                    for (var i = 0; i < values.Length; i++)
                        values[i] = doubles.Values[i] * mapped.Factor;
                    break;
                case Int64Vector integers:
                    for (var i = 0; i < values.Length; i++)
                        values[i] = integers.HasValue[i] ? integers.Values[i] * mapped.Factor : double.NaN;
                    break;
                case TextVector texts:
                    for (var i = 0; i < values.Length; i++)
                        values[i] = Number(texts.Values[i]) * mapped.Factor;
                    break;
                default:
                    Array.Fill(values, double.NaN);
                    break;
            }
            Allow(field.Name, field.Kind, values);
            if (mapped.TimesCosDec)
                TimesCosDec(values, dec);
        }
        return further;
    }

    private void Allow(string field, FieldKind kind, double[] values)
    {
        if (mapping[field] is not { } mapped)
            return;
        var count = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (double.IsNaN(values[i]) || FurtherField.Allows(kind, values[i]))
                continue;
            values[i] = double.NaN;
            count++;
        }
        // A parallax of 0 has no error that could be derived from it, and that is no fault of the file.
        if (count > 0 && mapped.Source == FieldSource.Column)
            _impossible.Add((field, count));
    }

    // They stay as they are: what the table says is its own.
    private void Suspect(string field, double[] values)
    {
        var most = MostOfStars.Of(field)!.Value;
        // The row of an infinite number is rejected, and says so itself.
        var count = values.Count(v => Math.Abs(v) > most && double.IsFinite(v));
        if (count > 0 && mapping[field] is { Source: FieldSource.Column })
            _impossible.Add((field, count));
    }

    private static double Number(string? text) =>
        text is not null && Cell.TryDouble(System.Text.Encoding.UTF8.GetBytes(text.Trim()), out var number) ? number : double.NaN;

    private static void TimesCosDec(double[] values, double[] dec)
    {
        for (var i = 0; i < values.Length; i++)
            values[i] *= Math.Cos(dec[i] * Constants.Degree);
    }

    private void Fill(double[] values, MappedField mapped, int column, string name)
    {
        var vector = rows.Columns[column];
        var factor = mapped.Factor;
        switch (vector)
        {
            case DoubleVector doubles:
                for (var i = 0; i < values.Length; i++)
                    values[i] = doubles.Values[i] * factor;
                break;
            case Int64Vector integers:
                for (var i = 0; i < values.Length; i++)
                    values[i] = integers.HasValue[i] ? integers.Values[i] * factor : double.NaN;
                break;
            case TextVector texts:
                for (var i = 0; i < values.Length; i++)
                    values[i] = Parse(i, mapped, name, texts.Values[i]);
                break;
            default:
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = double.NaN;
                    if (!vector.IsNull(i))
                        Reject(i, mapped.Field, $"expected a number in column '{name}'", vector.Misfit(i) ?? "true or false");
                }
                return;
        }
        if (vector.HasMisfits)
            for (var i = 0; i < values.Length; i++)
                if (vector.Misfit(i) is { } text)
                    values[i] = Parse(i, mapped, name, text);
        for (var i = 0; i < values.Length; i++)
            if (double.IsInfinity(values[i]))
                Reject(i, mapped.Field, $"an infinite value in column '{name}'", Show(values[i]));
    }

    private double Parse(int row, MappedField mapped, string name, string? text)
    {
        if (text is null)
            return double.NaN;
        var utf8 = System.Text.Encoding.UTF8.GetBytes(text.Trim());
        if (Cell.IsMissing(utf8) || Cell.IsMissingNumber(utf8))
            return double.NaN;
        if (Cell.TryDouble(utf8, out var number))
            return number * mapped.Factor;
        if (mapped.Field is StarField.RaDeg or StarField.DecDeg && Mapping.Sexagesimal.TryParse(text, out var angle))
            return mapped.SexagesimalInDegrees ? angle : angle * 15;
        var hint =
            text.Contains(',', StringComparison.Ordinal)
            && Cell.TryDouble(System.Text.Encoding.UTF8.GetBytes(text.Replace(',', '.')), out _)
                ? " (a decimal comma?)"
                : "";
        Reject(row, mapped.Field, $"expected a number in column '{name}'{hint}", text);
        return double.NaN;
    }

    /// <summary>Hours or degrees, minutes and seconds; before those of a declination its sign. A missing last part counts as 0. A minus of
    /// the first part is one of all parts.</summary>
    private double[] Sexagesimals(MappedField mapped)
    {
        var signed = mapped.Field == StarField.DecDeg && mapped.Source != FieldSource.SignedSexagesimal;
        var own = !signed;
        var first = signed ? 1 : 0;
        var parts = mapped
            .Columns.Skip(first)
            .Select(
                (column, k) =>
                {
                    var values = new double[rows.Count];
                    Fill(values, mapped with { Factor = 1 }, column, mapped.ColumnNames[first + k]);
                    return values;
                }
            )
            .ToArray();
        var result = new double[rows.Count];
        for (var i = 0; i < result.Length; i++)
        {
            var negative = signed ? Sign(mapped.Columns[0], i) is '-' or '−' or '–' : own && IsNegative(parts[0][i], mapped.Columns[0], i);
            double value = own ? Math.Abs(parts[0][i]) : parts[0][i],
                scale = 60;
            for (var k = 1; k < parts.Length; k++, scale *= 60)
            {
                var part = parts[k][i];
                if (part is < 0 or > 60)
                    Reject(i, mapped.Field, $"expected 0 to 60 in column '{mapped.ColumnNames[first + k]}'", Show(part));
                if (!double.IsNaN(part))
                    value += part / scale;
            }
            if (negative)
                value = -value;
            result[i] = value * mapped.Factor;
        }
        return result;
    }

    /// <summary>Whole numbers keep the sign of <c>-00</c> as the text that no number can.</summary>
    private bool IsNegative(double value, int column, int row) =>
        double.IsNegative(value) || (rows.Columns[column].Misfit(row) ?? "").Trim() is ['-' or '−' or '–', ..];

    private char? Sign(int column, int row) =>
        rows.Columns[column] is TextVector { Values: var texts } && texts[row] is { Length: > 0 } text ? text[0] : null;

    /// <summary>Years that make no sense are not an epoch: such a column may hold days.</summary>
    private double[] Epochs()
    {
        var table = options.CatalogEpoch ?? mapping.System!.Epoch ?? double.NaN;
        var epochs = new double[rows.Count];
        Array.Fill(epochs, table);
        if (options.CatalogEpoch is not null || mapping[StarField.Epoch] is not { } mapped)
            return epochs;
        for (var i = 0; i < epochs.Length; i++)
        {
            var year = rows.Columns[mapped.Columns[0]] switch
            {
                DoubleVector doubles => doubles.Values[i] * mapped.Factor,
                Int64Vector integers when integers.HasValue[i] => integers.Values[i] * mapped.Factor,
                _ => double.NaN,
            };
            if (year is >= 1600 and <= 2200)
                epochs[i] = year;
        }
        return epochs;
    }

    private void Convert(double[] ra, double[] dec, double[] pmra, double[] pmdec)
    {
        if (mapping.System is not { Frame: not SkyFrame.Icrs } system)
            return;
        var conversion = new FrameConversion(options.CatalogEpoch is { } epoch ? system with { Epoch = epoch } : system);
        for (var i = 0; i < ra.Length; i++)
        {
            if (_bad[i] is not null)
                continue;
            if (mapping.RotatesMotions && !double.IsNaN(pmra[i]) && !double.IsNaN(pmdec[i]))
                (ra[i], dec[i], pmra[i], pmdec[i]) = conversion.Motion(ra[i], dec[i], pmra[i], pmdec[i]);
            else
                (ra[i], dec[i]) = conversion.Position(ra[i], dec[i]);
        }
    }

    private int Carry(
        double[] ra,
        double[] dec,
        double[] pmra,
        double[] pmdec,
        double[] parallax,
        double[] radialVelocity,
        double[] epoch,
        double[]?[] further
    )
    {
        if (options.TargetEpoch is not { } target)
            return 0;
        var left = 0;
        var errors = new CarriedErrors(further);
        for (var i = 0; i < ra.Length; i++)
        {
            if (_bad[i] is not null || epoch[i] == target)
                continue;
            if (double.IsNaN(epoch[i]) || double.IsNaN(pmra[i]) || double.IsNaN(pmdec[i]))
            {
                left++;
                continue;
            }
            (ra[i], dec[i], pmra[i], pmdec[i], parallax[i], radialVelocity[i]) = SpaceMotion.Propagate(
                ra[i],
                dec[i],
                pmra[i],
                pmdec[i],
                parallax[i],
                radialVelocity[i],
                target - epoch[i]
            );
            errors.Carry(i, target - epoch[i]);
            epoch[i] = target;
        }
        return left;
    }

    private void CheckPositions(double[] ra, double[] dec)
    {
        var range = new PositionRange(mapping);
        var full = 0;
        for (var i = 0; i < ra.Length; i++)
        {
            if (range.IsBeyondHalf(ra[i]))
            {
                _beyondHalf ??= (rows.LineNumber[i], ra[i]);
                Reject(i, StarField.RaDeg, "right ascension above 180 degrees, where they run from -180 to 180", Show(ra[i]));
            }
            if (ra[i] == 360)
                full++;
            ra[i] = range.RightAscension(ra[i]);
            dec[i] = PositionRange.Declination(dec[i]);
            if (double.IsNaN(ra[i]))
                Reject(i, StarField.RaDeg, "the position is missing", "");
            else if (ra[i] is < 0 or >= 360)
            {
                if (ra[i] is >= -180 and < 0)
                    _belowZero++;
                Reject(i, StarField.RaDeg, $"right ascension outside {range} degrees", Show(ra[i]));
            }
            if (double.IsNaN(dec[i]))
                Reject(i, StarField.DecDeg, "the position is missing", "");
            else if (dec[i] is < -90 or > 90)
                Reject(i, StarField.DecDeg, "declination outside [-90, 90] degrees", Show(dec[i]));
        }
        if (full > 0)
            _impossible.Add((StarField.RaDeg, full));
    }

    private string[] SourceIds()
    {
        var ids = new string[rows.Count];
        if (Texts(StarField.SourceId) is not { } texts)
        {
            for (var i = 0; i < ids.Length; i++)
                ids[i] = (RowNumbers is { } numbers ? numbers[i] : firstRow + i + 1).ToString(CultureInfo.InvariantCulture);
            return ids;
        }
        var column = mapping[StarField.SourceId]!.ColumnNames[0];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = Unwrap(texts[i] ?? "");
            if (ids[i].Length == 0)
                Reject(
                    i,
                    StarField.SourceId,
                    $"the identifier in column '{column}' is missing (source_id mapped to none numbers the rows instead)",
                    texts[i] ?? ""
                );
        }
        return ids;
    }

    /// <summary>Python writes byte strings as <c>b'…'</c>.</summary>
    private static string Unwrap(string id)
    {
        id = id.Trim();
        return id is ['b', '\'' or '"', .., '\'' or '"'] && id.Length > 3 && id[1] == id[^1] ? id[2..^1].Trim() : id;
    }

    private string?[]? Texts(string field)
    {
        if (mapping[field] is not { } mapped)
            return null;
        var texts = new string?[rows.Count];
        var vector = rows.Columns[mapped.Columns[0]];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] =
                vector.Misfit(i)
                ?? vector switch
                {
                    Int64Vector integers => integers.HasValue[i] ? integers.Values[i].ToString(CultureInfo.InvariantCulture) : null,
                    TextVector text => text.Values[i],
                    BooleanVector truth => truth.Values[i] is { } b ? (b ? "true" : "false") : null,
                    DoubleVector doubles => double.IsNaN(doubles.Values[i]) ? null : WholeNumber(i, field, doubles.Values[i]),
                    _ => null,
                };
            if (texts[i] is { } found && found.Length > options.MaxTextLength)
                Reject(
                    i,
                    field,
                    $"{found.Length} characters in column '{mapped.ColumnNames[0]}', more than {options.MaxTextLength}",
                    found
                );
        }
        return texts;
    }

    /// <summary>An identifier that a program wrote as 71683.0 is 71683; one that a double cannot hold has lost its last digits
    /// already.</summary>
    private string WholeNumber(int row, string field, double value)
    {
        if (field == StarField.SourceId && Math.Abs(value) > 9007199254740992)
        {
            Reject(
                row,
                field,
                "the identifier is a floating-point number and has lost its last digits (a spreadsheet may have done that)",
                Show(value)
            );
            return "";
        }
        return value == Math.Floor(value) && Math.Abs(value) <= 9007199254740992
            ? ((long)value).ToString(CultureInfo.InvariantCulture)
            : Show(value);
    }

    private int?[]? Outliers()
    {
        if (Texts(StarField.LabelOutlier) is not { } texts)
            return null;
        var labels = new int?[texts.Length];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = texts[i]?.Trim().ToLowerInvariant() switch
            {
                "1" or "true" => 1,
                "0" or "false" => 0,
                _ => null,
            };
            if (labels[i] is null && texts[i] is { } other)
                Reject(i, StarField.LabelOutlier, $"expected 0 or 1 in column '{mapping[StarField.LabelOutlier]!.ColumnNames[0]}'", other);
        }
        return labels;
    }
}
