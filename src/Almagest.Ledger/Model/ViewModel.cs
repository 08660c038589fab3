using Almagest.Ledger.Analytics.Rows;
using Microsoft.EntityFrameworkCore;

namespace Almagest.Ledger.Model;

/// <summary>The query-optimized views, as keyless entities: read, never tracked.</summary>
internal static class ViewModel
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<RunStats>(e =>
        {
            e.HasNoKey().ToView("mv_discovery_run_stats");
            e.Property(r => r.ParametersJson).HasColumnType("jsonb");
        });
        model.Entity<ClusterSize>(e =>
        {
            e.HasNoKey().ToView("mv_cluster_size_distribution");
            e.Property(c => c.Size).HasColumnName("cluster_size");
        });
        model.Entity<StarFrequency>(e => e.HasNoKey().ToView("mv_star_anomaly_frequency"));
        model.Entity<AnomalyOverlap>(e =>
        {
            // The naming convention would write run1id.
            e.HasNoKey().ToView("mv_anomaly_overlap_matrix");
            e.Property(o => o.Run1Id).HasColumnName("run_1_id");
            e.Property(o => o.Run1Count).HasColumnName("run_1_count");
            e.Property(o => o.Run2Id).HasColumnName("run_2_id");
            e.Property(o => o.Run2Count).HasColumnName("run_2_count");
            e.Property(o => o.Run1UniqueCount).HasColumnName("run_1_unique_count");
            e.Property(o => o.Run2UniqueCount).HasColumnName("run_2_unique_count");
        });
        model.Entity<TimelinePeriod>(e => e.HasNoKey().ToView("mv_discovery_timeline"));
        model.Entity<DatasetCoverage>(e =>
        {
            e.HasNoKey().ToView("mv_dataset_coverage");
            e.Property(c => c.Healpix6).HasColumnName("healpix_6");
        });
        model.Entity<RunQuality>(e => e.HasNoKey().ToView("mv_discovery_quality"));
        model.Entity<ParameterPerformance>(e =>
        {
            e.HasNoKey().ToView("mv_parameter_performance");
            e.Property(p => p.ParametersJson).HasColumnType("jsonb");
        });
    }
}
