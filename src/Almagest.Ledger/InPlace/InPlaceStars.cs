using System.Collections.Concurrent;
using Almagest.Catalog;
using Almagest.Catalog.Mapping;
using Almagest.Catalog.Stars;
using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Sky;

namespace Almagest.Ledger.InPlace;

/// <summary>The stars of a catalogue that is read where it lies, out of its files.</summary>
public sealed class InPlaceStars
{
    /// <summary>Batches that are read ahead while others are worked on.</summary>
    private const int MostAhead = 8;

    private readonly Dataset _dataset;

    private InPlaceStars(Dataset dataset, InPlaceCatalogue catalogue) => (_dataset, Catalogue) = (dataset, catalogue);

    public InPlaceCatalogue Catalogue { get; }

    /// <summary>Null where the stars of the dataset are in the ledger.</summary>
    public static InPlaceStars? Of(Dataset dataset) =>
        InPlaceCatalogue.Of(dataset) is { } catalogue ? new InPlaceStars(dataset, catalogue) : null;

    /// <summary>Looks whether the files are those that were registered.</summary>
    /// <exception cref="LedgerException">they are not, or are not there</exception>
    public void Require() => InPlaceFiles.Require(_dataset);

    /// <summary>The files are not those that were registered.</summary>
    public LedgerException Changed(string how) => InPlaceFiles.Changed(_dataset, how);

    /// <summary>The id of a star of a batch.</summary>
    public long StarId(StarBatch batch, int row) => Catalogue.FirstStarId + batch.LineNumber[row] - 1;

    /// <summary>
    /// All stars, in ascending order of their ids, while a thread of its own reads ahead. The files are compared with what was registered
    /// before the first star, and once more behind the last.
    /// </summary>
    /// <param name="fields">star fields that are wanted, the id among them; of other fields nothing is said. Null = everything</param>
    /// <exception cref="LedgerException">the files are not those that were registered, or cannot be read</exception>
    public IEnumerable<StarBatch> Read(IReadOnlyCollection<string>? fields, CancellationToken cancellationToken)
    {
        InPlaceFiles.Require(_dataset);
        long stars = 0;
        foreach (var batch in Ahead(token => Parse(fields, token), cancellationToken))
        {
            stars += batch.Count;
            yield return batch;
        }
        if (stars != _dataset.StarCount)
            throw InPlaceFiles.Changed(_dataset, $"they hold {stars} stars and held {_dataset.StarCount}");
        InPlaceFiles.Require(_dataset);
    }

    /// <summary>All rows, for somebody who knows which of them are stars that matter, likewise read ahead and compared.</summary>
    /// <exception cref="LedgerException">the files are not those that were registered, or cannot be read</exception>
    public IEnumerable<RowBatch> ReadRows(CancellationToken cancellationToken)
    {
        InPlaceFiles.Require(_dataset);
        long rows = 0;
        foreach (var batch in Ahead(ParseRows, cancellationToken, MostAhead / 2))
        {
            rows += batch.Count;
            yield return batch;
        }
        if (rows != Catalogue.Rows)
            throw InPlaceFiles.Changed(_dataset, $"they hold {rows} rows and held {Catalogue.Rows}");
        InPlaceFiles.Require(_dataset);
    }

    // While a thread of its own reads ahead.
    private static IEnumerable<T> Ahead<T>(
        Func<CancellationToken, IEnumerable<T>> read,
        CancellationToken cancellationToken,
        int most = MostAhead
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var batches = new BlockingCollection<T>(most);
        var reading = Task.Run(
            () =>
            {
                try
                {
                    foreach (var batch in read(stop.Token))
                        batches.Add(batch, stop.Token);
                }
                finally
                {
                    batches.CompleteAdding();
                }
            },
            CancellationToken.None
        );
        try
        {
            foreach (var batch in batches.GetConsumingEnumerable(cancellationToken))
                yield return batch;
        }
        finally
        {
            // Whoever has seen enough does not wait for the rest.
            stop.Cancel();
            try
            {
                reading.GetAwaiter().GetResult();
            }
            catch (OperationCanceledException) { }
        }
    }

    /// <summary>The stars of these ids, with everything that the files say of them.</summary>
    public IReadOnlyList<Star> Find(IReadOnlyCollection<long> starIds, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(starIds);
        var wanted = starIds.ToHashSet();
        var found = new List<Star>();
        if (wanted.Count == 0)
            return found;
        foreach (var batch in Read(StarField.All, cancellationToken))
        {
            for (var i = 0; i < batch.Count; i++)
                if (wanted.Contains(StarId(batch, i)))
                    found.Add(Star(batch, i));
            if (found.Count == wanted.Count)
                break;
        }
        return found;
    }

    /// <summary>A star of a batch, with what the batch has of it. Of a batch that was read with all fields and other columns it is the star
    /// that a load would store.</summary>
    public Star Star(StarBatch batch, int row)
    {
        ArgumentNullException.ThrowIfNull(batch);
        double? Of(string column) => StarNumbers.Of(batch, column) is { } values && !double.IsNaN(values[row]) ? values[row] : null;
        return new Star
        {
            StarId = StarId(batch, row),
            DatasetId = _dataset.DatasetId,
            SourceId = StoredText.WithoutNul(batch.SourceId[row]),
            RaDeg = batch.RaDeg[row],
            DecDeg = batch.DecDeg[row],
            ParallaxMas = Of(StarField.ParallaxMas),
            ParallaxErrorMas = Of(StarField.ParallaxErrorMas),
            PmraMasYr = Of(StarField.PmraMasYr),
            PmdecMasYr = Of(StarField.PmdecMasYr),
            Magnitude = Of(StarField.Magnitude),
            Color = Of(StarField.Color),
            RadialVelocityKmS = Of(StarField.RadialVelocityKmS),
            Ruwe = Of(StarField.Ruwe),
            RaError = Of(StarField.RaError),
            DecError = Of(StarField.DecError),
            PmraError = Of(StarField.PmraError),
            PmdecError = Of(StarField.PmdecError),
            RaDecCorr = Of(StarField.RaDecCorr),
            RaParallaxCorr = Of(StarField.RaParallaxCorr),
            RaPmraCorr = Of(StarField.RaPmraCorr),
            RaPmdecCorr = Of(StarField.RaPmdecCorr),
            DecParallaxCorr = Of(StarField.DecParallaxCorr),
            DecPmraCorr = Of(StarField.DecPmraCorr),
            DecPmdecCorr = Of(StarField.DecPmdecCorr),
            ParallaxPmraCorr = Of(StarField.ParallaxPmraCorr),
            ParallaxPmdecCorr = Of(StarField.ParallaxPmdecCorr),
            PmraPmdecCorr = Of(StarField.PmraPmdecCorr),
            PhotBpRpExcessFactor = Of(StarField.PhotBpRpExcessFactor),
            RadialVelocityError = Of(StarField.RadialVelocityError),
            Healpix29 = Healpix.AngToPix(Healpix.MaxOrder, batch.RaDeg[row], batch.DecDeg[row]),
            Extra = batch.ExtraJson.Length == 0 ? null : StoredText.Extra(batch.ExtraJson[row]),
        };
    }

    private IEnumerable<StarBatch> Parse(IReadOnlyCollection<string>? fields, CancellationToken cancellationToken)
    {
        var (reader, stars) = Open(fields);
        using (reader)
        {
            foreach (var batch in Guarded(stars.ReadBatches(cancellationToken)))
                yield return batch;
        }
    }

    private IEnumerable<RowBatch> ParseRows(CancellationToken cancellationToken)
    {
        var (reader, stars) = Opened(() => Catalogue.Open(WithoutLabels()));
        using (reader)
        {
            // A position that is turned or carried needs more than itself.
            IReadOnlySet<string>? only =
                Catalogue.Epoch is null && stars.Mapping.System is { Frame: SkyFrame.Icrs } ? new HashSet<string>() : null;
            foreach (var batch in Guarded(stars.ReadRows(only, cancellationToken)))
                yield return batch;
        }
    }

    // Stars that stay in files have no labels, and a text for each costs as much as all numbers.
    private HashSet<string>? WithoutLabels()
    {
        var (reader, stars) = Opened(() => Catalogue.Open());
        using (reader)
        {
            // Of columns that cannot be read at all the first look alone knows.
            if (reader.Warnings.Count > 0)
                return null;
            var labels = stars
                .Mapping.Fields.Where(f => f.Field is StarField.LabelOutlier or StarField.LabelKind or StarField.LabelCluster)
                .SelectMany(f => f.ColumnNames)
                .ToHashSet();
            return labels.Count == 0 ? null : [.. reader.Columns.Select(c => c.Name).Where(name => !labels.Contains(name))];
        }
    }

    private static IEnumerable<T> Guarded<T>(IEnumerable<T> read)
    {
        using var batches = read.GetEnumerator();
        while (true)
        {
            try
            {
                if (!batches.MoveNext())
                    yield break;
            }
            catch (CatalogFormatException e)
            {
                throw LedgerException.Of(e, "Nothing was stored.", "dataset");
            }
            yield return batches.Current;
        }
    }

    private (ICatalogReader Reader, StarReader Stars) Open(IReadOnlyCollection<string>? fields) =>
        Opened(() =>
            Catalogue.Open(
                fields is null ? null : Columns(fields),
                fieldsOnly: fields is not null,
                withoutIds: fields is not null && CanChoose() && !fields.Contains(StarField.SourceId)
            )
        );

    private static (ICatalogReader Reader, StarReader Stars) Opened(Func<(ICatalogReader Reader, StarReader Stars)> open)
    {
        try
        {
            return open();
        }
        catch (CatalogFormatException e)
        {
            throw LedgerException.Of(e, "Nothing was stored.", "dataset");
        }
    }

    // Rows may be rejected for any of their fields, and a position that moves needs more than itself.
    private bool CanChoose() => _dataset.RejectedCount == 0 && Catalogue.Epoch is null;

    private HashSet<string>? Columns(IReadOnlyCollection<string> fields)
    {
        if (!CanChoose())
            return null;
        var (reader, stars) = Catalogue.Open();
        using (reader)
        {
            // Of columns that cannot be read at all the first look alone knows.
            if (stars.Mapping.System is not { Frame: SkyFrame.Icrs } || reader.Warnings.Count > 0)
                return null;
            return
            [
                .. stars
                    .Mapping.Fields.Where(f => f.Field is StarField.RaDeg or StarField.DecDeg || fields.Contains(f.Field))
                    .SelectMany(f => f.ColumnNames),
            ];
        }
    }
}
