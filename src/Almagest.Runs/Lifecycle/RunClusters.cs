using Almagest.Contract.Errors;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Runs.Lifecycle;

/// <summary>The rows of <c>discovery_clusters</c>: what complete runs say of each of their clusters.</summary>
internal sealed class RunClusters(LedgerDatabase ledger)
{
    internal const string Columns =
        "run_id, cluster_id, size, ra_deg, ra_error_deg, dec_deg, dec_error_deg, parallax_mas, parallax_error_mas, distance_pc, "
        + "distance_error_pc, pmra_mas_yr, pmra_error_mas_yr, pmdec_mas_yr, pmdec_error_mas_yr, radius_deg, contrast, significance";

    /// <exception cref="LedgerException">it is no run of clusters, or not complete</exception>
    public static void Require(DiscoveryRun run)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (run.RunType != RunTypes.Cluster)
            throw LedgerException
                .Of(
                    ErrorCode.WrongRunType,
                    $"run {run.RunId} is an {run.RunType} run and has no clusters",
                    "Choose a cluster run.",
                    "run_id"
                )
                .With("run_id", run.RunId);
        if (!run.IsComplete)
            throw LedgerException
                .Of(ErrorCode.RunNotComplete, $"run {run.RunId} is {run.Status}: it has no results", "Only complete runs have results.")
                .With("run_id", run.RunId)
                .With("status", run.Status);
    }

    /// <summary>The largest clusters of a run, largest first; none of a run that was completed before there was such a table.</summary>
    public Task<List<DiscoveryCluster>> OfAsync(Guid runId, int most, CancellationToken cancellationToken = default) =>
        ledger.ReadAsync(
            context => context.Clusters.Where(c => c.RunId == runId).OrderByDescending(c => c.Size).ThenBy(c => c.ClusterId).Take(most),
            cancellationToken
        );

    /// <summary>How many clusters of a run there are rows of.</summary>
    public Task<int> CountAsync(Guid runId, CancellationToken cancellationToken = default) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    "select count(*)::int from public.discovery_clusters where run_id = $1",
                    connection
                )
                {
                    Parameters = { new() { Value = runId } },
                };
                return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
            },
            cancellationToken
        );

    internal static void Write(NpgsqlBinaryImporter writer, Guid runId, DiscoveryCluster c)
    {
        writer.Write(runId, NpgsqlDbType.Uuid);
        writer.Write(c.ClusterId, NpgsqlDbType.Integer);
        writer.Write(c.Size, NpgsqlDbType.Bigint);
        foreach (
            var value in (ReadOnlySpan<double?>)
                [
                    c.RaDeg,
                    c.RaErrorDeg,
                    c.DecDeg,
                    c.DecErrorDeg,
                    c.ParallaxMas,
                    c.ParallaxErrorMas,
                    c.DistancePc,
                    c.DistanceErrorPc,
                    c.PmraMasYr,
                    c.PmraErrorMasYr,
                    c.PmdecMasYr,
                    c.PmdecErrorMasYr,
                    c.RadiusDeg,
                    c.Contrast,
                    c.Significance,
                ]
        )
        {
            if (value is { } known)
                writer.Write(known, NpgsqlDbType.Double);
            else
                writer.WriteNull();
        }
    }
}
