using System.Globalization;
using Almagest.Contract.Datasets;
using Almagest.Contract.Serialization;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Deletions;
using Almagest.Ledger.Model;

namespace Almagest.Runs.Resources;

/// <summary>Catalogues, their stars and labels as the API and the command line give them.</summary>
public static class DatasetResources
{
    private const int MostRejectedRows = 100;

    /// <summary>All datasets, in order of loading.</summary>
    public static async Task<IReadOnlyList<DatasetResource>> ListAsync(LedgerDatabase ledger, CancellationToken cancellationToken = default)
    {
        var datasets = new DatasetRepository(ledger);
        var runs = await datasets.RunCountsAsync(cancellationToken);
        return (await datasets.ListAllAsync(cancellationToken)).ConvertAll(d => d.ToResource(runs.GetValueOrDefault(d.DatasetId)));
    }

    /// <summary>One dataset with the first rows that could not be loaded.</summary>
    public static async Task<DatasetDetail> ReadAsync(
        LedgerDatabase ledger,
        Dataset dataset,
        int rejectedRows = MostRejectedRows,
        CancellationToken cancellationToken = default
    )
    {
        var datasets = new DatasetRepository(ledger);
        var runs = await datasets.RunCountsAsync(cancellationToken);
        var rejected = rejectedRows == 0 ? [] : await datasets.RejectedRowsAsync(dataset.DatasetId, rejectedRows, cancellationToken);
        return new DatasetDetail(dataset.ToResource(runs.GetValueOrDefault(dataset.DatasetId)))
        {
            RejectedRows = rejected.ConvertAll(ToResource),
            Waiting = await new LedgerDeletions(ledger).WaitingAsync(dataset.DatasetId, cancellationToken),
        };
    }

    /// <param name="runs">runs over it</param>
    public static DatasetResource ToResource(this Dataset dataset, long runs)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return new DatasetResource(
            dataset.DatasetId,
            dataset.Name,
            SourceFile.Parse(dataset.Source),
            dataset.Checksum,
            DatasetResource.ParseMapping(dataset.ColumnMapping),
            dataset.StarCount,
            dataset.RejectedCount,
            runs,
            dataset.ReferenceEpoch,
            dataset.CreatedAt
        )
        {
            InPlace = dataset.InPlace is not null,
        };
    }

    /// <summary>What became of the files that a dataset was loaded from.</summary>
    public static DatasetReport Report(Dataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return new DatasetReport(dataset.Name, SourceFile.Reports(dataset.Source));
    }

    public static RejectedRowResource ToResource(this RejectedRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new RejectedRowResource(row.Ordinal, row.File, row.LineNumber, row.Field, row.Reason, row.Value);
    }

    /// <param name="rejectedRows">how many of the rejected rows to list</param>
    public static async Task<IngestResource> ReadAsync(
        LedgerDatabase ledger,
        IngestReport report,
        int rejectedRows = MostRejectedRows,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(report);
        var runs = report.AlreadyLoaded
            ? await new DatasetRepository(ledger).RunCountsAsync(cancellationToken)
            : new Dictionary<long, long>();
        return new IngestResource(
            report.Dataset.ToResource(runs.GetValueOrDefault(report.Dataset.DatasetId)),
            report.AlreadyLoaded,
            report.Rows,
            report.Rejected,
            [.. report.RejectedRows.Take(rejectedRows).Select(ToResource)],
            report.Mapping,
            report.Notes,
            report.ElapsedMs
        );
    }

    public static StarResource ToResource(this Star star)
    {
        ArgumentNullException.ThrowIfNull(star);
        return new StarResource(
            star.StarId,
            star.DatasetId,
            star.SourceId,
            star.RaDeg,
            star.DecDeg,
            star.ParallaxMas,
            star.ParallaxErrorMas,
            star.PmraMasYr,
            star.PmdecMasYr,
            star.Magnitude,
            star.Color,
            star.RadialVelocityKmS,
            star.Ruwe,
            star.Healpix29.ToString(CultureInfo.InvariantCulture),
            RawJson.From(star.Extra)
        )
        {
            RaError = star.RaError,
            DecError = star.DecError,
            PmraError = star.PmraError,
            PmdecError = star.PmdecError,
            RaDecCorr = star.RaDecCorr,
            RaParallaxCorr = star.RaParallaxCorr,
            RaPmraCorr = star.RaPmraCorr,
            RaPmdecCorr = star.RaPmdecCorr,
            DecParallaxCorr = star.DecParallaxCorr,
            DecPmraCorr = star.DecPmraCorr,
            DecPmdecCorr = star.DecPmdecCorr,
            ParallaxPmraCorr = star.ParallaxPmraCorr,
            ParallaxPmdecCorr = star.ParallaxPmdecCorr,
            PmraPmdecCorr = star.PmraPmdecCorr,
            PhotBpRpExcessFactor = star.PhotBpRpExcessFactor,
            RadialVelocityError = star.RadialVelocityError,
        };
    }

    public static StarLabelResource ToResource(this StarLabel label)
    {
        ArgumentNullException.ThrowIfNull(label);
        return new StarLabelResource(
            label.LabelSet,
            label.IsAnomaly,
            label.Kind,
            label.Cluster,
            label.Remark,
            label.LabelledBy,
            label.LabelledAt
        );
    }

    /// <param name="sourceId">the star's own id in its catalogue</param>
    public static LabelledStar ToLabelledStar(this StarLabel label, string sourceId)
    {
        ArgumentNullException.ThrowIfNull(label);
        return new LabelledStar(label.StarId, sourceId, label.ToResource());
    }
}
