using System.Text;
using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Sky;

namespace Almagest.Catalog.Tests;

/// <summary>The real tables, which stand beside the repository and never in it.</summary>
internal static class RealData
{
    public static string? Folder { get; } = Find();

    /// <summary>The path of a real file; skips the test where the tables are not at hand.</summary>
    public static string File(string relative)
    {
        Xunit.Assert.SkipWhen(Folder is null, "the real tables are not at hand: put them into ../shared/data or set ALMAGEST_TEST_DATA");
        var path = Path.Combine(Folder!, relative);
        Xunit.Assert.SkipUnless(Path.Exists(path), $"there is no {relative} among the real tables");
        return path;
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("ALMAGEST_TEST_DATA") is { Length: > 0 } set)
            return Directory.Exists(set) ? set : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(candidate))
                return candidate;
        }
        return null;
    }
}

/// <summary>Everything that one reading of a catalogue gives.</summary>
internal sealed record Loaded(
    ICatalogReader Reader,
    ColumnMapping Mapping,
    IReadOnlyList<Star> Stars,
    IReadOnlyList<RejectedRow> Rejected,
    LoadReport Report
);

internal sealed record Star(
    string Id,
    double Ra,
    double Dec,
    double Parallax,
    double ParallaxError,
    double Pmra,
    double Pmdec,
    double Magnitude,
    double Color,
    double RadialVelocity,
    double Ruwe,
    string Extra,
    long Line,
    int? Outlier,
    string? Kind,
    string? Cluster,
    double Epoch = double.NaN
);

internal static class Load
{
    public static ICatalogReader OpenText(string text, CatalogOpenOptions? options = null) =>
        OpenBytes(Encoding.UTF8.GetBytes(text), options);

    public static ICatalogReader OpenBytes(byte[] bytes, CatalogOpenOptions? options = null) =>
        CatalogFile.Open(new MemoryStream(bytes), "test", options);

    public static Loaded Text(string text, params string[] map) => Stars(OpenText(text), new StarReaderOptions(), map);

    public static Loaded Bytes(byte[] bytes, params string[] map) => Stars(OpenBytes(bytes), new StarReaderOptions(), map);

    public static Loaded File(string path, params string[] map) => Stars(CatalogFile.Open(path), new StarReaderOptions(), map);

    public static Loaded Stars(ICatalogReader reader, StarReaderOptions options, params string[] map) => Stars(reader, options, null, map);

    public static Loaded Stars(ICatalogReader reader, StarReaderOptions options, PositionSystem? system, params string[] map)
    {
        using (reader)
        {
            var mapping = ColumnMapping.Automatic(reader.Columns).With(map);
            return Stars(reader, system is null ? mapping : mapping.WithSystem(system), options);
        }
    }

    public static Loaded Stars(ICatalogReader reader, ColumnMapping mapping, StarReaderOptions options)
    {
        using (reader)
        {
            var stars = new List<Star>();
            var rejected = new List<RejectedRow>();
            var starReader = new StarReader(reader, mapping, options);
            foreach (var b in starReader.ReadBatches(Xunit.TestContext.Current.CancellationToken))
            {
                rejected.AddRange(b.Rejected);
                for (var i = 0; i < b.Count; i++)
                {
                    stars.Add(
                        new Star(
                            b.SourceId[i],
                            b.RaDeg[i],
                            b.DecDeg[i],
                            b.ParallaxMas[i],
                            b.ParallaxErrorMas[i],
                            b.PmraMasYr[i],
                            b.PmdecMasYr[i],
                            b.Magnitude[i],
                            b.Color[i],
                            b.RadialVelocityKmS[i],
                            b.Ruwe[i],
                            b.ExtraJson[i],
                            b.LineNumber[i],
                            b.LabelOutlier?[i],
                            b.LabelKind?[i],
                            b.LabelCluster?[i],
                            b.Epoch[i]
                        )
                    );
                }
            }
            return new Loaded(reader, mapping, stars, rejected, starReader.Report);
        }
    }

    public static byte[] Gzip(byte[] bytes)
    {
        var target = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(target, System.IO.Compression.CompressionLevel.Fastest))
            gzip.Write(bytes);
        return target.ToArray();
    }
}
