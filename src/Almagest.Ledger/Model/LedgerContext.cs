using Almagest.Ledger.Analytics.Rows;
using Microsoft.EntityFrameworkCore;

namespace Almagest.Ledger.Model;

/// <summary>The ledger's tables and views. Bulk paths do not come through here: they use binary COPY.</summary>
public sealed class LedgerContext(DbContextOptions<LedgerContext> options) : DbContext(options)
{
    public DbSet<Dataset> Datasets => Set<Dataset>();
    public DbSet<RejectedRow> RejectedRows => Set<RejectedRow>();
    public DbSet<Star> Stars => Set<Star>();
    public DbSet<StarLabel> StarLabels => Set<StarLabel>();
    public DbSet<DiscoveryRun> Runs => Set<DiscoveryRun>();
    public DbSet<IdempotencyKey> IdempotencyKeys => Set<IdempotencyKey>();
    public DbSet<DiscoveryResult> Results => Set<DiscoveryResult>();
    public DbSet<CrossMatch> CrossMatches => Set<CrossMatch>();
    public DbSet<StarLink> StarLinks => Set<StarLink>();
    public DbSet<RunTag> RunTags => Set<RunTag>();
    public DbSet<RunNote> RunNotes => Set<RunNote>();
    public DbSet<ViewRefresh> ViewRefreshes => Set<ViewRefresh>();
    public DbSet<PendingViewChange> PendingViewChanges => Set<PendingViewChange>();

    public DbSet<RunStats> RunStats => Set<RunStats>();
    public DbSet<ClusterSize> ClusterSizes => Set<ClusterSize>();
    public DbSet<StarFrequency> StarFrequencies => Set<StarFrequency>();
    public DbSet<AnomalyOverlap> AnomalyOverlaps => Set<AnomalyOverlap>();
    public DbSet<TimelinePeriod> Timeline => Set<TimelinePeriod>();
    public DbSet<DatasetCoverage> Coverage => Set<DatasetCoverage>();
    public DbSet<RunQuality> Quality => Set<RunQuality>();
    public DbSet<ParameterPerformance> Parameters => Set<ParameterPerformance>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        TableModel.Configure(modelBuilder);
        AnnotationModel.Configure(modelBuilder);
        CrossMatchModel.Configure(modelBuilder);
        ViewModel.Configure(modelBuilder);
    }
}
