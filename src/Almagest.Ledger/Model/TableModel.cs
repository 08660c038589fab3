using Microsoft.EntityFrameworkCore;

namespace Almagest.Ledger.Model;

/// <summary>
/// The tables. The bulk tables (stars, results) carry no foreign key: checking one costs more than writing the row. Their
/// integrity is kept by the loaders, which write only ids that they have read, and by triggers that remove dependent rows.
/// </summary>
internal static class TableModel
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<Dataset>(e =>
        {
            e.ToTable("datasets");
            e.HasKey(d => d.DatasetId);
            e.Property(d => d.DatasetId).UseIdentityAlwaysColumn();
            e.HasIndex(d => d.Name).IsUnique();
            e.HasIndex(d => d.Checksum);
            e.Property(d => d.Source).HasColumnType("jsonb");
            e.Property(d => d.ColumnMapping).HasColumnType("jsonb");
            e.Property(d => d.InPlace).HasColumnType("jsonb");
            e.Property(d => d.CreatedAt).HasDefaultValueSql("now()");
        });

        model.Entity<RejectedRow>(e =>
        {
            e.ToTable("rejected_rows");
            e.HasKey(r => new { r.DatasetId, r.Ordinal });
            e.HasOne<Dataset>().WithMany().HasForeignKey(r => r.DatasetId).OnDelete(DeleteBehavior.Cascade);
        });

        model.Entity<Star>(e =>
        {
            e.ToTable("stars");
            e.HasKey(s => s.StarId);
            e.Property(s => s.StarId).UseIdentityByDefaultColumn();
            e.HasIndex(s => new { s.DatasetId, s.SourceId }).IsUnique();
            e.HasIndex(s => new { s.DatasetId, s.Healpix29 });
            e.Property(s => s.Healpix29).HasColumnName("healpix_29");
            e.Property(s => s.Extra).HasColumnType("jsonb");
        });

        model.Entity<StarLabel>(e =>
        {
            e.ToTable("star_labels", t => t.HasCheckConstraint("ck_star_labels_is_anomaly", "is_anomaly in (0, 1)"));
            e.HasKey(l => new { l.StarId, l.LabelSet });
            e.Property(l => l.LabelSet).HasDefaultValue("truth");
            e.Property(l => l.LabelledAt).HasDefaultValueSql("now()");
        });

        model.Entity<DiscoveryRun>(e =>
        {
            e.ToTable(
                "discovery_runs",
                t =>
                {
                    t.HasCheckConstraint("ck_discovery_runs_run_type", "run_type in ('anomaly', 'cluster')");
                    t.HasCheckConstraint(
                        "ck_discovery_runs_status",
                        "status in ('pending', 'running', 'completed', 'failed', 'cancelled')"
                    );
                    t.HasCheckConstraint("ck_discovery_runs_is_complete", "is_complete = (status = 'completed')");
                }
            );
            e.HasKey(r => r.RunId);
            e.Property(r => r.RunId).ValueGeneratedNever();
            e.Property(r => r.Parameters).HasColumnType("jsonb");
            e.Property(r => r.DatasetFilter).HasColumnType("jsonb").HasDefaultValueSql("'{}'");
            e.Property(r => r.ResultsSummary).HasColumnType("jsonb");
            e.Property(r => r.ResultFiles).HasColumnType("jsonb");
            e.Property(r => r.CreatedAt).HasDefaultValueSql("now()");
            e.Property(r => r.NotBefore).HasDefaultValueSql("now()");
            e.Property(r => r.Attempts).HasDefaultValue(0);
            e.Property(r => r.Restarts).HasDefaultValue(0);
            e.Property(r => r.MaxRestarts).HasDefaultValue(0);
            e.HasOne<Dataset>().WithMany().HasForeignKey(r => r.DatasetId).OnDelete(DeleteBehavior.Cascade);
            // Each filter and each order of a list has an index that ends in the run's id: a page is read from it and nothing is sorted.
            // What a heartbeat writes is in none of them, so that it stays a change within one page of the table.
            e.HasIndex(r => new { r.DatasetId, r.RunId }, "idx_discovery_runs_dataset").HasDatabaseName("idx_discovery_runs_dataset");
            // Few runs are over several datasets; those are found by it.
            e.HasIndex(r => r.RunId, "idx_discovery_runs_several_datasets")
                .HasDatabaseName("idx_discovery_runs_several_datasets")
                .HasFilter("dataset_filter ? 'also_datasets'");
            e.HasIndex(r => new { r.Status, r.RunId }, "idx_discovery_runs_status").HasDatabaseName("idx_discovery_runs_status");
            e.HasIndex(r => new { r.Algorithm, r.RunId }, "idx_discovery_runs_algorithm").HasDatabaseName("idx_discovery_runs_algorithm");
            e.HasIndex(r => new { r.RunType, r.RunId }, "idx_discovery_runs_type").HasDatabaseName("idx_discovery_runs_type");
            e.HasIndex(r => new { r.GroupId, r.RunId }, "idx_discovery_runs_group")
                .HasDatabaseName("idx_discovery_runs_group")
                .HasFilter("group_id is not null");
            e.HasIndex(r => r.StarSetId, "idx_discovery_runs_star_set")
                .HasDatabaseName("idx_discovery_runs_star_set")
                .HasFilter("star_set_id is not null");
            e.HasIndex(r => new { r.TotalStars, r.RunId }, "idx_discovery_runs_stars").HasDatabaseName("idx_discovery_runs_stars");
            e.HasIndex(r => new { r.CompletedAt, r.RunId }, "idx_discovery_runs_completed")
                .HasDatabaseName("idx_discovery_runs_completed")
                .HasFilter("completed_at is not null");
            e.HasIndex(r => new { r.RunType, r.CreatedAt }, "idx_discovery_runs_type_created")
                .IsDescending(false, true)
                .HasDatabaseName("idx_discovery_runs_type_created");
        });

        model.Entity<IdempotencyKey>(e =>
        {
            e.ToTable("idempotency_keys");
            e.HasKey(k => k.Key);
            e.Property(k => k.CreatedAt).HasDefaultValueSql("now()");
            e.HasOne<DiscoveryRun>().WithMany().HasForeignKey(k => k.RunId).OnDelete(DeleteBehavior.Cascade);
            e.HasIndex(k => k.RunId);
            e.HasIndex(k => k.CreatedAt);
        });

        model.Entity<DiscoveryResult>(e =>
        {
            e.ToTable("discovery_results", t => t.HasCheckConstraint("ck_discovery_results_is_anomaly", "is_anomaly in (0, 1)"));
            e.HasKey(r => new { r.RunId, r.StarId });
            e.Property(r => r.IsAnomaly).HasDefaultValue(0);
            e.HasIndex(r => new { r.RunId, r.IsAnomaly }, "idx_discovery_results_run_anomaly")
                .HasDatabaseName("idx_discovery_results_run_anomaly");
            e.HasIndex(r => new { r.RunId, r.ClusterId }, "idx_discovery_results_run_cluster")
                .HasDatabaseName("idx_discovery_results_run_cluster");
            e.HasIndex(r => new { r.StarId, r.RunId }, "idx_discovery_results_flagged")
                .HasDatabaseName("idx_discovery_results_flagged")
                .HasFilter("is_anomaly = 1");
        });

        model.Entity<DiscoveryExclusion>(e =>
        {
            e.ToTable("discovery_exclusions");
            e.HasKey(x => new
            {
                x.RunId,
                x.DatasetId,
                x.Healpix6,
                x.Reason,
            });
            e.Property(x => x.Healpix6).HasColumnName("healpix_6");
        });

        model.Entity<DiscoveryCluster>(e =>
        {
            e.ToTable("discovery_clusters");
            e.HasKey(c => new { c.RunId, c.ClusterId });
            // Unlike the bulk tables: a run has few clusters, and no view counts them out.
            e.HasOne<DiscoveryRun>().WithMany().HasForeignKey(c => c.RunId).OnDelete(DeleteBehavior.Cascade);
        });

        model.Entity<ViewRefresh>(e =>
        {
            e.ToTable(
                "view_refreshes",
                t => t.HasCheckConstraint("ck_view_refreshes_outcome", "outcome in ('running', 'succeeded', 'failed')")
            );
            e.HasKey(r => r.RefreshId);
            e.Property(r => r.RefreshId).UseIdentityAlwaysColumn();
            e.HasIndex(r => new { r.ViewName, r.StartedAt }).IsDescending(false, true);
        });

        model.Entity<PendingViewChange>(e =>
        {
            e.ToTable("pending_view_changes");
            e.HasKey(c => c.ChangeId);
            e.Property(c => c.ChangeId).UseIdentityAlwaysColumn();
            e.Property(c => c.ChangedAt).HasDefaultValueSql("now()");
            e.HasIndex(c => c.ViewName);
        });
    }
}
