using System.Globalization;
using System.Text.Json;
using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Xunit;

namespace Almagest.Catalog.Tests;

/// <summary>
/// Right values of many files in one plain table, a line each: <c>file | what | values</c>. <c>what</c> is <c>rows</c>, <c>columns</c>,
/// a field of a star, <c>extra NAME</c> (what else the star keeps), <c>cell NAME</c> (a column of a file without positions),
/// <c>system</c>, <c>note</c> (words of a warning), <c>suspicion</c>, <c>left out</c> (columns that are not read)
/// or <c>refused</c> (words of the message). Values are parted by semicolons; <c>null</c>
/// is a missing one; a number <c>1.5~0.1</c> may differ by that much.
/// </summary>
internal sealed class ExpectedTable
{
    private readonly Dictionary<string, List<(string What, string[] Values)>> _files = [];

    public ExpectedTable(string text)
    {
        foreach (
            var line in text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && !l.StartsWith("//", StringComparison.Ordinal))
        )
        {
            var parts = line.Split(" | ", 3, StringSplitOptions.TrimEntries);
            if (!_files.TryGetValue(parts[0], out var list))
                _files.Add(parts[0], list = []);
            list.Add((parts[1], parts[2].Split(';', StringSplitOptions.TrimEntries)));
        }
    }

    public IReadOnlyCollection<string> Files => _files.Keys;

    /// <summary>Reads the file and compares all that the table says of it.</summary>
    public void Check(string file, string path)
    {
        var expected = _files[file];
        if (expected.Any(e => e.What == "refused"))
        {
            CheckRefusal(file, path, expected);
            return;
        }
        // What a user says to read the file by: columns and units, values that mean nothing.
        var map = expected.Where(e => e.What == "map").SelectMany(e => e.Values).ToArray();
        var missing = expected.Where(e => e.What == "missing").SelectMany(e => e.Values).Select(Missing).ToArray();
        var loaded = Load.Stars(
            CatalogFile.Open(path, new CatalogOpenOptions { Missing = missing }),
            new Almagest.Catalog.Stars.StarReaderOptions(),
            map
        );
        Assert.Empty(loaded.Rejected);
        foreach (var (what, values) in expected)
            CheckStars(file, loaded, what, values);
    }

    private static MissingValue Missing(string text) =>
        text.Split('=') is [var column, var value] ? new MissingValue(column, value) : new MissingValue(null, text);

    private static void CheckRefusal(string file, string path, List<(string What, string[] Values)> expected)
    {
        var refusal = Assert.Throws<CatalogFormatException>(() => Load.File(path));
        foreach (var (what, values) in expected)
        {
            if (what == "refused")
                Assert.All(values, v => Assert.Contains(v, refusal.Message, StringComparison.Ordinal));
            else if (what == "left out")
                Assert.All(
                    values,
                    v => Assert.Contains(CatalogPreview.Of(path).Warnings, w => w.Contains($"left out: {v}", StringComparison.Ordinal))
                );
            else if (what.StartsWith("cell ", StringComparison.Ordinal))
            {
                var preview = CatalogPreview.Of(path, 1000);
                var column = preview.Columns.Select(c => c.Name).ToList().IndexOf(what[5..]);
                Assert.True(column >= 0, $"{file}: no column {what[5..]}");
                Assert.Equal(values.Length, preview.Rows.Count);
                for (var i = 0; i < values.Length; i++)
                    Same($"{file}: {what}, row {i + 1}", values[i], preview.Rows[i][column]);
            }
        }
    }

    private static void CheckStars(string file, Loaded loaded, string what, string[] values)
    {
        var stars = loaded.Stars;
        switch (what)
        {
            case "map" or "missing":
                return;
            case "rows":
                Assert.Equal(int.Parse(values[0], CultureInfo.InvariantCulture), stars.Count);
                return;
            case "columns":
                Assert.Equal(values, loaded.Reader.Columns.Select(c => c.Name));
                return;
            case "system":
                Assert.Equal(values[0], loaded.Mapping.System!.ToString());
                return;
            case "suspicion":
                Assert.All(values, v => Assert.Contains(loaded.Report.Suspicions, w => w.Contains(v, StringComparison.Ordinal)));
                return;
            case "note":
                Assert.All(values, v => Assert.Contains(loaded.Reader.Warnings, w => w.Contains(v, StringComparison.Ordinal)));
                return;
        }
        for (var i = 0; i < values.Length; i++)
            Same($"{file}: {what}, row {i + 1}", values[i], Of(stars[i], what));
    }

    private static string? Of(Star star, string what)
    {
        if (what.StartsWith("extra ", StringComparison.Ordinal))
        {
            using var json = JsonDocument.Parse(star.Extra);
            return json.RootElement.TryGetProperty(what[6..], out var value) ? value.ToString() : null;
        }
        double? number = what switch
        {
            StarField.RaDeg => star.Ra,
            StarField.DecDeg => star.Dec,
            StarField.ParallaxMas => star.Parallax,
            StarField.ParallaxErrorMas => star.ParallaxError,
            StarField.PmraMasYr => star.Pmra,
            StarField.PmdecMasYr => star.Pmdec,
            StarField.Magnitude => star.Magnitude,
            StarField.Color => star.Color,
            StarField.RadialVelocityKmS => star.RadialVelocity,
            StarField.Epoch => star.Epoch,
            _ => null,
        };
        return number is { } n ? (double.IsNaN(n) ? null : n.ToString("R", CultureInfo.InvariantCulture)) : star.Id;
    }

    private static void Same(string where, string expected, string? found)
    {
        if (expected == "null")
        {
            Assert.True(found is null, $"{where}: expected nothing, found {found}");
            return;
        }
        var parts = expected.Split('~');
        var tolerance = parts.Length > 1 ? double.Parse(parts[1], CultureInfo.InvariantCulture) : 1e-9;
        var same =
            found == expected
            || (
                double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var wanted)
                && double.TryParse(found, NumberStyles.Float, CultureInfo.InvariantCulture, out var there)
                && Math.Abs(wanted - there) <= tolerance
                && (Math.Abs(wanted) < 1e15 || found == expected)
            );
        Assert.True(same, $"{where}: expected {expected}, found {found ?? "nothing"}");
    }
}
