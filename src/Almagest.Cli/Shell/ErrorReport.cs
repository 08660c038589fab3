using Almagest.Catalog;
using Almagest.Contract.Errors;
using Almagest.Discovery;
using Almagest.Ledger.Database;
using Almagest.Postgres;

namespace Almagest.Cli.Shell;

/// <summary>
/// An exception as the user meets it: what was wrong, what to do, and the exit code. This is the one place where exceptions become
/// words; the text of an exception that was not written for users is never shown.
/// </summary>
internal sealed record ErrorReport(string Message, string? Hint, string? Field, int ExitCode)
{
    public static ErrorReport Of(Exception error, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested && IsCancellation(error))
            return new ErrorReport("cancelled", null, null, ExitCodes.Cancelled);
        switch (error)
        {
            case UsageException e:
                return new ErrorReport(e.Message, e.Hint, e.Option, ExitCodes.BadUsage);
            case CommandFailedException e:
                return new ErrorReport(e.Message, e.Hint, null, ExitCodes.Failed);
            case LedgerException e:
                return new ErrorReport(
                    e.Message,
                    CommandAdvice.Of(e),
                    e.Field,
                    e.Kind == LedgerErrorKind.Invalid ? ExitCodes.BadUsage : ExitCodes.Failed
                );
            case PostgresServerException e:
                return new ErrorReport(e.Message, CommandAdvice.Of(e), null, ExitCodes.Failed);
            case CatalogFormatException e:
                return new ErrorReport(e.Message, CommandAdvice.Of(e), null, ExitCodes.Failed);
            case DiscoveryException e:
                return new ErrorReport(e.Message, null, null, ExitCodes.BadUsage);
        }
        if (DatabaseBoundary.Translated(error) is { } translated)
            return new ErrorReport(translated.Message, CommandAdvice.Of(translated), translated.Field, ExitCodes.Failed);
        if (error is OutOfMemoryException)
            return new ErrorReport(
                "there is not enough memory for this",
                "Narrow the selection with --filter, or use a larger machine.",
                null,
                ExitCodes.Failed
            );
        return Unexpected(error);
    }

    /// <summary>Whether the user asked for the details of unexpected problems.</summary>
    public static bool Debugging => Environment.GetEnvironmentVariable("ALMAGEST_DEBUG") is { Length: > 0 } and not "0";

    private static ErrorReport Unexpected(Exception error) =>
        new(
            $"sorry, an unexpected problem ({error.GetType().Name}): this is a defect of the program",
            Debugging ? error.ToString() : "Run it again with ALMAGEST_DEBUG=1 for details, and report them.",
            null,
            ExitCodes.Failed
        );

    // The database reports the cancellation of its own query as an error of its own.
    private static bool IsCancellation(Exception error) =>
        error is OperationCanceledException
        || error.InnerException is { } inner && IsCancellation(inner)
        || PostgresErrors.Find(error) is Npgsql.PostgresException { SqlState: Npgsql.PostgresErrorCodes.QueryCanceled };

    /// <summary>Two lines on standard error; with <c>--json</c> also <c>{"error": {message, hint, field}}</c> on standard output.</summary>
    public int Write(CommandShell shell)
    {
        if (shell.Json)
            shell.Write(
                new
                {
                    error = new
                    {
                        message = Message,
                        hint = Hint,
                        field = Field,
                    },
                }
            );
        shell.WriteError("error:", Message, "1;31");
        if (Hint is not null)
            shell.WriteError("hint: ", Hint, "1;33");
        return ExitCode;
    }
}
