using Microsoft.EntityFrameworkCore;

namespace Almagest.Ledger.Model;

/// <summary>The ledger's tables, and its views by the types of their rows. Bulk paths do not come through here: they use binary
/// COPY.</summary>
public sealed class LedgerContext(DbContextOptions<LedgerContext> options) : DbContext(options)
{
    public DbSet<Dataset> Datasets => Set<Dataset>();
    public DbSet<RejectedRow> RejectedRows => Set<RejectedRow>();
    public DbSet<Star> Stars => Set<Star>();
    public DbSet<StarLabel> StarLabels => Set<StarLabel>();
    public DbSet<DiscoveryRun> Runs => Set<DiscoveryRun>();
    public DbSet<IdempotencyKey> IdempotencyKeys => Set<IdempotencyKey>();
    public DbSet<DiscoveryResult> Results => Set<DiscoveryResult>();
    public DbSet<DiscoveryExclusion> Exclusions => Set<DiscoveryExclusion>();
    public DbSet<DiscoveryCluster> Clusters => Set<DiscoveryCluster>();
    public DbSet<CrossMatch> CrossMatches => Set<CrossMatch>();
    public DbSet<StarLink> StarLinks => Set<StarLink>();
    public DbSet<RunTag> RunTags => Set<RunTag>();
    public DbSet<RunNote> RunNotes => Set<RunNote>();
    public DbSet<ViewRefresh> ViewRefreshes => Set<ViewRefresh>();
    public DbSet<PendingViewChange> PendingViewChanges => Set<PendingViewChange>();
    public DbSet<AccessToken> AccessTokens => Set<AccessToken>();
    public DbSet<DataProtectionKey> DataProtectionKeys => Set<DataProtectionKey>();

    /// <summary>The tools write the compiled model, which has the views, and not a migration.</summary>
    internal static bool DescribesViews { get; set; }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        ArgumentNullException.ThrowIfNull(modelBuilder);
        TableModel.Configure(modelBuilder);
        AnnotationModel.Configure(modelBuilder);
        CrossMatchModel.Configure(modelBuilder);
        AccessModel.Configure(modelBuilder);
        // No migration makes them: models of migrations need not know them, so that a new view changes no snapshot.
        if (EF.IsDesignTime && !DescribesViews)
            return;
        foreach (var part in typeof(LedgerContext).Assembly.GetTypes().Where(t => t.IsClass && typeof(IModelPart).IsAssignableFrom(t)))
            ((IModelPart)Activator.CreateInstance(part)!).Configure(modelBuilder);
    }
}
