using System.Globalization;
using System.Text.Json.Nodes;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Contract.Datasets;
using Almagest.Contract.Errors;

namespace Almagest.Ledger.Datasets;

/// <summary>The load report of a dataset, and its mapping, while they are set right.</summary>
internal sealed class CorrectedReport
{
    private readonly JsonArray _sources;
    private readonly JsonObject _mapping;
    private readonly List<ColumnReport> _columns;
    private readonly List<string> _suspicions;
    private readonly List<string> _corrections;
    private readonly LoadReport _report;
    private readonly bool _turned,
        _carried,
        _wrapped;

    /// <param name="source">as it is stored</param>
    /// <param name="mapping">as it is stored</param>
    /// <exception cref="LedgerException">the dataset has not one report</exception>
    public CorrectedReport(string source, string mapping)
    {
        _sources = JsonNode.Parse(source)!.AsArray();
        _mapping = JsonNode.Parse(mapping)!.AsObject();
        if (_sources.Count != 1)
            throw LedgerException.Of(
                ErrorCode.OriginalNotKept,
                "the dataset was loaded from several files, and which star is of which is not kept",
                "Load them again, under another name, with the right unit or missing value."
            );
        if (SourceFile.Reports(source) is not [var report])
            throw LedgerException.Of(
                ErrorCode.OriginalNotKept,
                "the dataset was loaded before reports of loads were kept, so that the units in its file are not known",
                "Load the file again, under another name."
            );
        _report = report.Report;
        _columns = [.. _report.Columns];
        _suspicions = [.. _report.Suspicions];
        _corrections = [.. _report.Corrections];
        _turned = (string?)_sources[0]!["system"] is { } system && !system.StartsWith("ICRS", StringComparison.Ordinal);
        _carried = _sources[0]!["carried_to"] is not null;
        _wrapped = (int?)_sources[0]!["ra_from"] == -180;
    }

    /// <summary>All columns, with what was made of them.</summary>
    public IEnumerable<CorrectedColumn> Columns => _columns.Select(Of);

    /// <param name="field">the input that names it</param>
    /// <exception cref="LedgerException">there is no such column</exception>
    public CorrectedColumn Find(string name, string field)
    {
        var found =
            _columns.Find(c => c.Name == name)
            ?? _columns.Find(c => c.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? _columns.Find(c => c.Use == StarField.Named(name));
        return found is not null
            ? Of(found)
            : throw LedgerException.Invalid(
                field,
                $"the dataset's file has no column '{name}'",
                $"Its columns are: {string.Join(", ", _columns.Take(60).Select(c => c.Name))}."
            );
    }

    private CorrectedColumn Of(ColumnReport column) =>
        new(
            column,
            _mapping.ToDictionary(m => m.Key, m => (string)m.Value!, StringComparer.Ordinal),
            turned: _turned,
            carried: _carried,
            wrapped: _wrapped
        );

    public void SetUnit(CorrectedColumn column, string unit, string? note)
    {
        var name = column.Report.Name;
        Replace(
            column,
            c =>
                c with
                {
                    Unit = unit,
                    Why =
                        note is { Length: > 0 } ? note
                        : c.Use is null ? c.Why
                        : null,
                }
        );
        foreach (var field in column.Plain)
            _mapping[field] = $"{name}:{unit}";
        _suspicions.RemoveAll(s =>
            s.Contains($"'{name}'", StringComparison.Ordinal)
            && (s.Contains(" has no unit", StringComparison.Ordinal) || s.Contains(" have no unit", StringComparison.Ordinal))
        );
        ForgetBeyond(name);
        _corrections.Add($"{Today}: '{name}' is in {unit}" + (column.Report.Unit is { } before ? $", not in {before}." : "."));
    }

    /// <param name="values">the numbers that were taken for missing</param>
    /// <param name="text">as it was written</param>
    /// <param name="least">of those that are left, as the file has them; null where there are none</param>
    public void SetMissing(CorrectedColumn column, string text, IReadOnlyList<double> values, long count, double? least, double? greatest)
    {
        var name = column.Report.Name;
        Replace(
            column,
            c =>
                c with
                {
                    Nulls = c.Nulls + count,
                    Minimum = values.Contains(c.Minimum ?? double.NaN) ? least : c.Minimum,
                    Maximum = values.Contains(c.Maximum ?? double.NaN) ? greatest : c.Maximum,
                }
        );
        ForgetBeyond(name);
        foreach (var value in values)
            _suspicions.RemoveAll(s =>
                // One value is exactly so, several are.
                s.Contains($" values in '{name}' ", StringComparison.Ordinal)
                && s.Contains(string.Create(CultureInfo.InvariantCulture, $" exactly {value:R}:"), StringComparison.Ordinal)
            );
        _corrections.Add(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Today}: {count:N0} {(count == 1 ? "value" : "values")} of '{name}' that {(count == 1 ? "is" : "are")} {text} "
                    + $"{(count == 1 ? "was" : "were")} taken for missing."
            )
        );
    }

    // Counted with the unit and the marks of before: what is still beyond, each run tells.
    private void ForgetBeyond(string name) =>
        _suspicions.RemoveAll(s =>
            s.Contains($" in '{name}' ", StringComparison.Ordinal) && s.Contains(LoadReport.BeyondStars, StringComparison.Ordinal)
        );

    private static string Today => DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private void Replace(CorrectedColumn column, Func<ColumnReport, ColumnReport> change)
    {
        var at = _columns.FindIndex(c => c.Name == column.Report.Name);
        _columns[at] = change(_columns[at]);
    }

    public string Mapping => _mapping.ToJsonString();

    public string Source
    {
        get
        {
            _sources[0]![SourceFile.ReportField] = SourceFile.Stored(
                _report with
                {
                    Columns = _columns,
                    Suspicions = _suspicions,
                    Corrections = _corrections,
                }
            );
            return _sources.ToJsonString();
        }
    }
}
