using System.Globalization;
using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Discovery.Features;

namespace Almagest.Bench.Science;

/// <summary>A real field with the list of its members, read as a load reads it.</summary>
/// <param name="File">below the folder of real tables</param>
/// <param name="Members">a list of ids, or a table of ids and a model's probabilities; null where the field has no cluster</param>
/// <param name="LeastPrecision">what the best matching cluster must reach; null = nothing</param>
/// <param name="LeastRecall">likewise</param>
internal sealed record ScienceField(string Name, string File, string? Members, double? LeastPrecision = null, double? LeastRecall = null)
{
    public static IReadOnlyList<ScienceField> All { get; } =
    [
        new("Pleiades", "fields/pleiades-gaiadr3-cone.fits", "fields/pleiades-members.dat", 0.93, 0.95),
        new("Ruprecht 147", "fields/ruprecht147-gaiadr2-cone.csv.gz", "fields/ruprecht147-members.txt", 0.80, 0.88),
        new("Praesepe (model)", "fields/praesepe-gaiadr2-cone.csv", "fields/praesepe-members-model.csv", 0.80, 0.80),
        new("NGC 188 (model)", "fields/ngc188-gaiadr2-cone.csv", "fields/ngc188-members-model.csv", 0.80, 0.80),
        new("NGC 2477 (model)", "fields/ngc2477-field.csv", "fields/ngc2477-members-model.csv", 0.80, 0.80),
        new("NGC 103 (model)", "fields/ngc103-gaia-errors.csv", "fields/ngc103-members-model.csv", 0.60, 0.65),
        new("no cluster", "fields/null-field.csv", null),
        new("within 100 pc", "gaia-100pc.csv", null),
    ];

    /// <summary>Its members are from a paper, not from a model of somebody's.</summary>
    public bool IsPublished => Members?.Contains("model", StringComparison.Ordinal) == false;

    /// <summary>Those in which detectors are compared: the fields, and the bright stars of the whole sky.</summary>
    public static IReadOnlyList<ScienceField> WithKinds { get; } = [.. All, new("bright stars", "stars/bright-stars-125982.csv.gz", null)];

    /// <summary>The stars in the order of the file, and the ids by which the catalogue knows them.</summary>
    public (StarColumns Stars, string[] Ids) Read(string folder)
    {
        using var reader = CatalogFile.Open(Path.Combine(folder, File));
        var mapping = ColumnMapping.Automatic(reader.Columns);
        var batches = new StarReader(reader, mapping).ReadBatches().ToList();
        string[] ids = [.. batches.SelectMany(b => b.SourceId)];
        return (
            new StarColumns
            {
                StarId = [.. Enumerable.Range(1, ids.Length).Select(i => (long)i)],
                RaDeg = [.. batches.SelectMany(b => b.RaDeg)],
                DecDeg = [.. batches.SelectMany(b => b.DecDeg)],
                ParallaxMas = [.. batches.SelectMany(b => b.ParallaxMas)],
                PmraMasYr = [.. batches.SelectMany(b => b.PmraMasYr)],
                PmdecMasYr = [.. batches.SelectMany(b => b.PmdecMasYr)],
                Magnitude = [.. batches.SelectMany(b => b.Magnitude)],
                Color = [.. batches.SelectMany(b => b.Color)],
                Further = new Dictionary<string, double[]>
                {
                    [StarColumns.ParallaxErrorName] = [.. batches.SelectMany(b => b.ParallaxErrorMas)],
                    [StarColumns.RadialVelocityName] = [.. batches.SelectMany(b => b.RadialVelocityKmS)],
                    [StarColumns.PmraErrorName] = Further(batches, StarColumns.PmraErrorName),
                    [StarColumns.PmdecErrorName] = Further(batches, StarColumns.PmdecErrorName),
                    [StarColumns.PmraPmdecCorrelationName] = Further(batches, StarColumns.PmraPmdecCorrelationName),
                    [StarColumns.ParallaxPmraCorrelationName] = Further(batches, StarColumns.ParallaxPmraCorrelationName),
                    [StarColumns.ParallaxPmdecCorrelationName] = Further(batches, StarColumns.ParallaxPmdecCorrelationName),
                },
            },
            ids
        );
    }

    /// <summary>Ids of the members: of a model those likelier than not.</summary>
    public HashSet<string> ReadMembers(string folder) =>
        Members is null ? [] : [.. System.IO.File.ReadLines(Path.Combine(folder, Members)).Select(MemberOf).OfType<string>()];

    private static double[] Further(IEnumerable<StarBatch> batches, string name) =>
        [.. batches.SelectMany(b => b.Further[FurtherField.IndexOf(name)] ?? Enumerable.Repeat(double.NaN, b.SourceId.Length))];

    private static string? MemberOf(string line)
    {
        var parts = line.Split([' ', ',', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 0 || !parts[0].All(char.IsAsciiDigit))
            return null;
        return parts.Length == 2 && double.Parse(parts[1], CultureInfo.InvariantCulture) <= 0.5 ? null : parts[0];
    }
}
