using System.Text.Json;
using System.Text.RegularExpressions;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Contract.Datasets;
using Almagest.Ledger.Model;

namespace Almagest.Ledger.Datasets;

/// <summary>One column of the file that a dataset was loaded from, and where its values are kept.</summary>
/// <param name="Report">its name, type and unit in the file</param>
/// <param name="Field">the field of a star that it is; null where it is kept beside the fields, in <c>extra</c></param>
/// <param name="Unit">how its values become the field's</param>
public sealed partial record FileColumn(ColumnReport Report, string? Field, FieldUnit Unit)
{
    /// <summary>What the file says that it is, in words of UCD1+; null where it says nothing, or in the words of older files.</summary>
    public string? OwnUcd => Report.Ucd is { } ucd && Words().IsMatch(ucd) ? ucd : null;

    /// <summary>A field that is, number for number, what the file has in 32 bits.</summary>
    public bool IsNarrow => Field is not null && Report.Type == Narrow && Unit is { Factor: 1, TimesCosDec: false };

    internal const string Narrow = "float";

    [GeneratedRegex(@"^[a-z][A-Za-z0-9]*(\.[A-Za-z0-9-]+)*(;[a-z][A-Za-z0-9]*(\.[A-Za-z0-9-]+)*)*$", RegexOptions.CultureInvariant)]
    private static partial Regex Words();
}

/// <summary>The columns of a dataset's file, as the reports of its load tell them. Texts that became numbers, such as <c>12:34:56</c>, are
/// not kept, and are not among them.</summary>
public static class FileColumns
{
    /// <returns>in the order of the file, those of further files behind; null where a file was loaded before there were reports</returns>
    public static IReadOnlyList<FileColumn>? Of(Dataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var files = SourceFile.Parse(dataset.Source);
        var reports = SourceFile.Reports(dataset.Source);
        if (files.Count == 0 || reports.Count != files.Count)
            return null;
        var mapping = JsonSerializer.Deserialize<Dictionary<string, string>>(dataset.ColumnMapping) ?? [];
        var turned = files.Any(f => f.System is { } system && !system.StartsWith("ICRS", StringComparison.Ordinal));
        var carried = files.Any(f => f.CarriedTo is not null);
        var wrapped = files.Any(f => f.RaFrom == -180);
        return
        [
            .. reports
                .SelectMany(r => r.Report.Columns)
                .GroupBy(c => c.Name, StringComparer.Ordinal)
                .Select(same => Column([.. same], mapping, field => KeptBeside.Is(field, turned, carried, wrapped)))
                .OfType<FileColumn>(),
        ];
    }

    private static FileColumn? Column(ColumnReport[] same, Dictionary<string, string> mapping, Predicate<string> isKeptBeside)
    {
        // Of several files one may have had it in 32 bits and another in 64.
        var column =
            same.Any(c => c.Type == FileColumn.Narrow) && same.Any(c => c.Type != FileColumn.Narrow)
                ? same[0] with
                {
                    Type = "double",
                }
                : same[0];
        var beside = new FileColumn(column, null, default);
        var field =
            mapping.FirstOrDefault(m => m.Value == column.Name || m.Value.StartsWith(column.Name + ":", StringComparison.Ordinal)).Key
            // Loaded when it was no field yet, and brought over by a migration.
            ?? FurtherField
                .All.FirstOrDefault(f => f.Name == column.Name && column.Use is null && column.Unit is null or "mas" or "mas/yr" or "km/s")
                ?.Name;
        if (field is null || isKeptBeside(field))
            return beside;
        // Of several files each may have had it in a unit of its own: then what is stored is not what a file has.
        if (same.Any(c => c.Use != column.Use || c.Unit != column.Unit) || FieldUnit.Of(field, column.Unit) is not { } unit)
            return null;
        if (field is StarField.SourceId)
            return new FileColumn(column, field, unit);
        return
            field is StarField.LabelOutlier or StarField.LabelKind or StarField.LabelCluster || column.Type is "text" or "boolean" or "json"
            ? null
            : new FileColumn(column, field, unit);
    }
}
