using Microsoft.EntityFrameworkCore;

namespace Almagest.Ledger.Model;

/// <summary>Two datasets joined by position: what was asked, and how many pairs were found. Immutable; its pairs are
/// <see cref="StarLink"/>s.</summary>
public sealed class CrossMatch
{
    public long MatchId { get; set; }

    public long Dataset1Id { get; set; }

    public long Dataset2Id { get; set; }

    /// <summary>Arc seconds.</summary>
    public double RadiusArcsec { get; set; }

    /// <summary><c>best</c>, <c>best1</c>, <c>best2</c> or <c>all</c>, as STILTS names them.</summary>
    public required string Find { get; set; }

    /// <summary>Epoch of the positions of dataset 1, Julian year; null = proper motions were not applied.</summary>
    public double? Epoch1 { get; set; }

    public double? Epoch2 { get; set; }

    /// <summary>The epoch at which the positions were compared.</summary>
    public double? Epoch { get; set; }

    /// <summary>Pairs found.</summary>
    public long LinkCount { get; set; }

    public required string ProgramVersion { get; set; }

    public DateTime CreatedAt { get; set; }
}

/// <summary>One pair of a cross-match: a star of dataset 1 and one of dataset 2.</summary>
public sealed class StarLink
{
    public long MatchId { get; set; }

    public long Star1Id { get; set; }

    public long Star2Id { get; set; }

    /// <summary>Angle between the two, at the common epoch where there is one.</summary>
    public double SeparationArcsec { get; set; }
}

internal static class CrossMatchModel
{
    public static void Configure(ModelBuilder model)
    {
        model.Entity<CrossMatch>(e =>
        {
            e.ToTable("cross_matches", t => t.HasCheckConstraint("ck_cross_matches_find", "find in ('best', 'best1', 'best2', 'all')"));
            e.HasKey(m => m.MatchId);
            e.Property(m => m.MatchId).UseIdentityAlwaysColumn();
            e.Property(m => m.Dataset1Id).HasColumnName("dataset_1_id");
            e.Property(m => m.Dataset2Id).HasColumnName("dataset_2_id");
            e.Property(m => m.Epoch1).HasColumnName("epoch_1");
            e.Property(m => m.Epoch2).HasColumnName("epoch_2");
            e.Property(m => m.CreatedAt).HasDefaultValueSql("now()");
            e.HasOne<Dataset>().WithMany().HasForeignKey(m => m.Dataset1Id).OnDelete(DeleteBehavior.Cascade);
            e.HasOne<Dataset>().WithMany().HasForeignKey(m => m.Dataset2Id).OnDelete(DeleteBehavior.Cascade);
            e.HasIndex(m => m.Dataset1Id);
            e.HasIndex(m => m.Dataset2Id);
        });

        // A bulk table: no foreign keys, a trigger takes its rows away with their match.
        model.Entity<StarLink>(e =>
        {
            e.ToTable("star_links");
            e.HasKey(l => new
            {
                l.MatchId,
                l.Star1Id,
                l.Star2Id,
            });
            e.Property(l => l.Star1Id).HasColumnName("star_1_id");
            e.Property(l => l.Star2Id).HasColumnName("star_2_id");
            e.HasIndex(l => new { l.MatchId, l.Star2Id });
        });
    }
}
