using Almagest.Catalog;
using Almagest.Catalog.Files;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;

namespace Almagest.Ledger.Datasets;

/// <summary>One file of a load, open, with the columns that make its stars.</summary>
internal sealed class CatalogSource : IDisposable
{
    private CatalogSource(ICatalogReader reader, ColumnMapping mapping, StarReader stars)
    {
        Reader = reader;
        Mapping = mapping;
        Stars = stars;
    }

    public ICatalogReader Reader { get; }

    public ColumnMapping Mapping { get; }

    public StarReader Stars { get; }

    /// <exception cref="CatalogFormatException">it cannot be read, or its columns do not make stars as the options ask</exception>
    public static CatalogSource Open(string file, IngestOptions options)
    {
        var reader = CatalogFile.Open(file, options.Open);
        try
        {
            var mapping = ColumnMapping.Automatic(reader.Columns).With(options.Map.Select(m => $"{m.Key}={m.Value}"));
            if (options.System is { } system)
                mapping = mapping.WithSystem(system);
            mapping = mapping.WithRaFrom(options.RaFrom);
            var stars = new StarReader(
                reader,
                mapping,
                new StarReaderOptions
                {
                    ZeroParallaxIsMissing = options.ZeroParallaxIsMissing,
                    TargetEpoch = options.Epoch,
                    CatalogEpoch = options.CatalogEpoch,
                }
            );
            return new CatalogSource(reader, mapping, stars);
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }

    /// <summary>All stars of a file, from its beginning.</summary>
    public static IEnumerable<StarBatch> Read(string file, IngestOptions options, CancellationToken cancellationToken)
    {
        using var source = Open(file, options);
        foreach (var batch in source.Stars.ReadBatches(cancellationToken))
            yield return batch;
    }

    public void Dispose() => Reader.Dispose();
}
