using Microsoft.EntityFrameworkCore;

namespace Almagest.Ledger.Model;

/// <summary>A word by which a user finds a run again. A complete run never changes: its tags are beside it.</summary>
public sealed class RunTag
{
    public Guid RunId { get; set; }

    public required string Tag { get; set; }

    /// <summary>Who gave it; null where that was not said.</summary>
    public string? TaggedBy { get; set; }

    public DateTime TaggedAt { get; set; }
}

/// <summary>What a user wrote about a run.</summary>
public sealed class RunNote
{
    /// <summary>In order of writing.</summary>
    public long NoteId { get; set; }

    public Guid RunId { get; set; }

    public required string Text { get; set; }

    /// <summary>Who wrote it; null where that was not said.</summary>
    public string? WrittenBy { get; set; }

    public DateTime WrittenAt { get; set; }
}

internal static class AnnotationModel
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<RunTag>(e =>
        {
            e.ToTable("run_tags");
            e.HasKey(t => new { t.RunId, t.Tag });
            e.Property(t => t.TaggedAt).HasDefaultValueSql("now()");
            e.HasOne<DiscoveryRun>().WithMany().HasForeignKey(t => t.RunId).OnDelete(DeleteBehavior.Cascade);
            // The newest runs with a tag, by one look into the index.
            e.HasIndex(t => new { t.Tag, t.RunId }).IsDescending(false, true);
        });

        model.Entity<RunNote>(e =>
        {
            e.ToTable("run_notes");
            e.HasKey(n => n.NoteId);
            e.Property(n => n.NoteId).UseIdentityAlwaysColumn();
            e.Property(n => n.WrittenAt).HasDefaultValueSql("now()");
            e.HasOne<DiscoveryRun>().WithMany().HasForeignKey(n => n.RunId).OnDelete(DeleteBehavior.Cascade);
            e.HasIndex(n => new { n.RunId, n.NoteId });
        });
    }
}
