using Almagest.Contract.Errors;
using Almagest.Server.Http;
using Xunit;

namespace Almagest.Server.Tests;

public sealed class HttpAdviceTests
{
    /// <summary>Codes whose errors say for themselves what to do, without a route or a parameter.</summary>
    private static readonly ErrorCode[] s_needNone =
    [
        ErrorCode.JobNotFound,
        ErrorCode.SavedViewNotFound,
        ErrorCode.InvalidValue,
        ErrorCode.MissingValue,
        ErrorCode.UnknownName,
        ErrorCode.ConflictingValues,
        ErrorCode.BadPageToken,
        ErrorCode.UnreadableFilter,
        ErrorCode.SelectionTooSmall,
        ErrorCode.NotDistributable,
        ErrorCode.SelectionTooLarge,
        ErrorCode.WrongRunType,
        ErrorCode.RunsNotComparable,
        ErrorCode.UnreadableCatalogue,
        ErrorCode.CatalogueFilesChanged,
        ErrorCode.ReadMeWithoutRows,
        ErrorCode.NoteNotFound,
        ErrorCode.ViewNotFound,
        ErrorCode.SweepNotFound,
        ErrorCode.RunNotComplete,
        ErrorCode.RunNotEnded,
        ErrorCode.RunLost,
        ErrorCode.DeletionNotRestorable,
        ErrorCode.RunTooLong,
        ErrorCode.QueueFull,
        ErrorCode.UploadQuota,
        ErrorCode.AmbiguousRun,
        ErrorCode.NoCompleteRun,
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
        ErrorCode.ResultsFolderUnusable,
        ErrorCode.ResultFilesChanged,
        ErrorCode.DatabaseReadOnly,
        ErrorCode.DatabaseNodeAway,
        ErrorCode.QueryNotDistributable,
        ErrorCode.DatabaseOfOtherKind,
        ErrorCode.ServerBusy,
        ErrorCode.DatabaseLoginRefused,
        ErrorCode.DatabaseMissing,
        ErrorCode.DatabaseForbidden,
        ErrorCode.DatabaseStarting,
        ErrorCode.DatabaseFailed,
        ErrorCode.NotReady,
    ];

    /// <summary>Codes that no route answers: what loads labels, asks catalogue services or starts a server is the command line.</summary>
    private static readonly ErrorCode[] s_ofNoRoute =
    [
        ErrorCode.LabelIdsMissing,
        ErrorCode.LabelsMissing,
        ErrorCode.UnreadableLabel,
        ErrorCode.UnknownLabelledStars,
        ErrorCode.ServiceTimeout,
        ErrorCode.ServiceAnswerTooLarge,
        ErrorCode.UnreadableConnection,
        ErrorCode.UnreadableBackup,
        ErrorCode.DatabaseNotEmpty,
        ErrorCode.InvalidPort,
        ErrorCode.InvalidAddress,
        ErrorCode.ForeignAddress,
        ErrorCode.PortTaken,
        ErrorCode.PortForbidden,
        ErrorCode.TokenNotFound,
        ErrorCode.TokenNameTaken,
        ErrorCode.CannotListen,
        ErrorCode.DistributionNotPossible,
        ErrorCode.LedgerDistributed,
        ErrorCode.RunsAtWork,
    ];

    [Fact]
    public void Each_code_has_advice_or_needs_none() =>
        Assert.Equal(
            ErrorCode.All.Select(c => c.Name).Order(),
            HttpAdvice.Catalogue.Keys.Concat(s_needNone).Concat(s_ofNoRoute).Select(c => c.Name).Order()
        );

    [Fact]
    public void Advice_names_no_option_of_the_command_line() =>
        Assert.All(
            HttpAdvice.Catalogue,
            entry =>
            {
                var advice = entry.Value(
                    LedgerException
                        .Of(entry.Key, "something was wrong")
                        .With("dataset", "sky")
                        .With("star_id", 7L)
                        .With("fields", new[] { "ra_deg", "dec_deg" })
                        .With("status", "completed")
                        .With("commit", "e47c67f")
                        .With("view", "mv_dataset_coverage")
                );
                Assert.False(string.IsNullOrWhiteSpace(advice));
                Assert.DoesNotMatch(@"(?<![\w-])--[a-z]", advice);
            }
        );

    [Fact]
    public void An_error_without_advice_is_answered_with_its_own_remedy() =>
        Assert.Equal("Take fewer.", HttpAdvice.Of(LedgerException.Invalid("n", "n is 9", "Take fewer.")));
}
