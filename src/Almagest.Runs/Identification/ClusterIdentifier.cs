using Almagest.Contract;
using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Discovery.Identification;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Almagest.Runs.Execution;
using Almagest.Runs.Lifecycle;

namespace Almagest.Runs.Identification;

/// <summary>Compares the clusters of a stored run with a catalogue of known clusters, and stores what comes of it.</summary>
public sealed class ClusterIdentifier(LedgerDatabase ledger)
{
    /// <param name="dataset">name or number of the catalogue: one row a cluster</param>
    /// <param name="labelSet">the labels that name members of known clusters; null = every set</param>
    /// <param name="by">who asks</param>
    /// <exception cref="LedgerException">the run is not complete, has no clusters by its type, or its clusters are not described; no such
    /// dataset, or it is not a catalogue of clusters; the set has no labels of its stars</exception>
    public async Task<IdentificationResource> IdentifyAsync(
        DiscoveryRun run,
        string dataset,
        string? labelSet = null,
        string? by = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(run);
        RunClusters.Require(run);
        var who = AnnotationText.Who(by);
        var catalogue = await new DatasetRepository(ledger).FindAsync(dataset, cancellationToken);
        if (RunDatasets.Ids(run).Contains(catalogue.DatasetId))
            throw LedgerException
                .Invalid(
                    "dataset",
                    $"dataset '{catalogue.Name}' is the one that the run's stars are of",
                    "Name a catalogue of known clusters, loaded as a dataset of its own: one row a cluster."
                )
                .With("dataset", catalogue.Name);
        var clusters = await new RunClusters(ledger).OfAsync(run.RunId, int.MaxValue, cancellationToken);
        if (clusters.Count == 0 && ResultsSummary.Parse(run.ResultsSummary)?.ClusterCount > 0)
            throw LedgerException
                .Invalid(
                    "run_id",
                    $"run {run.RunId} was completed by version {run.ProgramVersion}, which did not keep where its clusters are",
                    "Run it again with this program."
                )
                .With("run_id", run.RunId);
        using var place = await LargeWork.Answers.TakeAsync(cancellationToken);
        var known = await KnownClusters.ReadAsync(ledger, catalogue, cancellationToken);
        var labels = await LabelledMembers.ReadAsync(ledger, run, labelSet, cancellationToken);
        var labelled = known.Clusters.Select(k => labels.Find(known.OtherNames[k.Row].Prepend(k.Name))).ToArray();
        var named = await Task.Run(
            () =>
                ClusterNaming.Name(
                    [.. clusters.Select(Group)],
                    known.Clusters,
                    (row, clusterId) => labelled[row].Count == 0 ? null : labels.Of(labelled[row], clusterId),
                    known.IsOfStars ? "the rows of the catalogue look like single stars" : null,
                    cancellationToken
                ),
            cancellationToken
        );
        var found = new IdentificationResource(
            run.RunId,
            catalogue.DatasetId,
            catalogue.Name,
            known.Clusters.Count,
            labelSet,
            known.Columns,
            [.. known.Notes, .. ContradictionNotes.Of(named)],
            named.Sum(n => n.Best?.ExpectedByChance ?? 0),
            [.. named.Select(n => Resource(n, known, catalogue.Name))],
            ProgramVersion.Current,
            default,
            who
        );
        return found with { IdentifiedAt = await new StoredIdentifications(ledger).StoreAsync(found, cancellationToken) };
    }

    private static FoundGroup Group(DiscoveryCluster c) =>
        new(c.ClusterId, c.Size)
        {
            RaDeg = c.RaDeg,
            DecDeg = c.DecDeg,
            PositionErrorDeg = c is { RaErrorDeg: { } ra, DecErrorDeg: { } dec } ? Math.Sqrt((ra * ra + dec * dec) / 2) : null,
            RadiusDeg = c.RadiusDeg,
            Pmra = Mean(c.PmraMasYr, c.PmraErrorMasYr, c.Size),
            Pmdec = Mean(c.PmdecMasYr, c.PmdecErrorMasYr, c.Size),
            Parallax = Mean(c.ParallaxMas, c.ParallaxErrorMas, c.Size),
            IsJudged = c.Significance is not null,
        };

    // What is stored is the error of the mean.
    private static ClusterMean? Mean(double? value, double? error, long size) =>
        value is { } mean ? new ClusterMean(mean, error, error * Math.Sqrt(size)) : null;

    private static ClusterIdentification Resource(NamedGroup named, KnownClusters known, string catalogue) =>
        new(
            named.Group.ClusterId,
            named.Group.Size,
            IdentificationWords.Of(named.Verdict),
            named.Best?.Known.Name,
            named.Best is { } best ? known.StarIds[best.Known.Row] : null,
            named.Best is { } compared ? IdentificationWords.Basis(compared) : null,
            named.Best?.SeparationDeg,
            named.Best?.Sigma,
            named.Best?.ExpectedByChance,
            IdentificationWords.Sentence(named, catalogue),
            [.. named.Fits.Concat(named.Others).Select(f => Candidate(f, known))]
        );

    private static ClusterCandidate Candidate(ClusterFit fit, KnownClusters known) =>
        new(
            fit.Known.Name,
            known.StarIds[fit.Known.Row],
            fit.Fits,
            fit.SeparationDeg,
            fit.RadiusDeg,
            fit.PositionSigma,
            fit.MotionDifferenceMasYr,
            fit.MotionSigma,
            fit.ParallaxDifferenceMas,
            fit.ParallaxSigma,
            fit.Sigma,
            fit.ExpectedByChance,
            fit.Members?.LabelSet,
            fit.Members?.Labelled,
            fit.Members?.Common
        )
        {
            MotionErrorMasYr = fit.MotionErrorMasYr,
            ParallaxErrorMas = fit.ParallaxErrorMas,
        };
}
