using Almagest.Catalog;
using Almagest.Cli.Shell;
using Almagest.Contract.Errors;
using Almagest.Postgres;
using Xunit;

namespace Almagest.Cli.Tests;

public sealed class CommandAdviceTests
{
    /// <summary>Codes whose errors say for themselves what to do, without an option or a command.</summary>
    private static readonly ErrorCode[] s_needNone =
    [
        ErrorCode.InvalidValue,
        ErrorCode.MissingValue,
        ErrorCode.UnknownName,
        ErrorCode.ConflictingValues,
        ErrorCode.BadPageToken,
        ErrorCode.UnreadableFilter,
        ErrorCode.SelectionTooSmall,
        ErrorCode.WrongRunType,
        ErrorCode.RunsNotComparable,
        ErrorCode.UnreadableCatalogue,
        ErrorCode.LabelNotFound,
        ErrorCode.NoteNotFound,
        ErrorCode.ViewNotFound,
        ErrorCode.SweepNotFound,
        ErrorCode.ClustersNotFound,
        ErrorCode.JobNotFound,
        ErrorCode.SavedViewNotFound,
        ErrorCode.RunNotComplete,
        ErrorCode.RunEnded,
        ErrorCode.RunNotEnded,
        ErrorCode.RunLost,
        ErrorCode.DeletionNotRestorable,
        ErrorCode.RunTooLong,
        ErrorCode.QueueFull,
        ErrorCode.UploadQuota,
        ErrorCode.AmbiguousRun,
        ErrorCode.NoCompleteRun,
        ErrorCode.NotAllowed,
        ErrorCode.DatasetFixed,
        ErrorCode.OriginalNotKept,
        ErrorCode.DatasetInUse,
        ErrorCode.IdempotencyKeyUsed,
        ErrorCode.IdempotencyKeyBusy,
        ErrorCode.SchemaNewer,
        ErrorCode.RefusedByLedger,
        ErrorCode.AlreadyExists,
        ErrorCode.BrokenReference,
        ErrorCode.DatabaseBusy,
        ErrorCode.DatabaseSlow,
        ErrorCode.DatabaseDiskFull,
        ErrorCode.DiskNearlyFull,
        ErrorCode.TemporaryFolderUnusable,
        ErrorCode.DatabaseReadOnly,
        ErrorCode.QueryNotDistributable,
        ErrorCode.DistributionNotPossible,
        ErrorCode.RunsAtWork,
        ErrorCode.DatabaseOfOtherKind,
        ErrorCode.ServerBusy,
        ErrorCode.DatabaseLoginRefused,
        ErrorCode.DatabaseMissing,
        ErrorCode.DatabaseForbidden,
        ErrorCode.DatabaseStarting,
        ErrorCode.DatabaseFailed,
        ErrorCode.NotReady,
        ErrorCode.UnreadableBackup,
        ErrorCode.SelectionTooLarge,
    ];

    [Fact]
    public void Each_code_has_advice_or_needs_none() =>
        Assert.Equal(
            ErrorCode.All.Select(c => c.Name).Order(),
            CommandAdvice.Catalogue.Keys.Concat(s_needNone).Select(c => c.Name).Order()
        );

    [Fact]
    public void Advice_is_in_the_words_of_the_command_line_alone() =>
        Assert.All(
            CommandAdvice.Catalogue,
            entry =>
            {
                var advice = entry.Value(Sample(entry.Key));
                Assert.False(string.IsNullOrWhiteSpace(advice));
                Assert.DoesNotMatch(@"\b(GET|POST|DELETE) /|=true", advice);
            }
        );

    [Fact]
    public void An_error_without_advice_is_shown_with_its_own_remedy() =>
        Assert.Equal("Take fewer.", CommandAdvice.Of(LedgerException.Invalid("n", "n is 9", "Take fewer.")));

    [Fact]
    public void Columns_to_name_are_named_as_options() =>
        Assert.Equal(
            "Nothing was stored. The option is --map ra_deg=COLUMN --map dec_deg=COLUMN.",
            CommandAdvice.Of(LedgerException.Of(Positions(), "Nothing was stored."))
        );

    [Fact]
    public void Where_no_server_can_run_another_one_can_be_named()
    {
        Assert.Contains(
            "--database",
            CommandAdvice.Of(new PostgresServerException("It is root.", "Be another.") { Code = PostgresServerException.NotPossibleHere })
        );
        Assert.Equal("Free some space.", CommandAdvice.Of(new PostgresServerException("The disk is full.", "Free some space.")));
    }

    private static LedgerException Sample(ErrorCode code) =>
        LedgerException
            .Of(code, "something was wrong")
            .With("dataset", "sky")
            .With("star_id", 7L)
            .With("run_id", "1f0c2a9e")
            .With("fields", new[] { "ra_deg", "dec_deg" })
            .With("status", "completed")
            .With("commit", "e47c67f")
            .With("all", true)
            .With("port", 65535);

    private static CatalogFormatException Positions() =>
        new("No column.")
        {
            Code = CatalogFormatException.PositionsMissing,
            Facts = new Dictionary<string, object?> { ["fields"] = new[] { "ra_deg", "dec_deg" } },
        };
}
