using Almagest.Catalog;
using Almagest.Contract.Errors;
using Almagest.Discovery;
using Almagest.Ledger.Database;
using Almagest.Ledger.Scratch;
using Almagest.Postgres;

namespace Almagest.Cli.Shell;

/// <summary>
/// An exception as the user meets it: what was wrong, what to do, and the exit code. This is the one place where exceptions become
/// words; the text of an exception that was not written for users is never shown.
/// </summary>
/// <param name="Code">what kind of error it is, as docs/errors.md lists them; it stays while the words may change</param>
/// <param name="Message">what was wrong</param>
/// <param name="Hint">what to do</param>
/// <param name="Field">the option or field that was wrong</param>
/// <param name="ExitCode">of the command</param>
internal sealed record ErrorReport(string Code, string Message, string? Hint, string? Field, int ExitCode)
{
    /// <summary>A command line that is not understood: an unknown option, a value that does not fit.</summary>
    public const string BadUsage = "bad_usage";

    /// <summary>Named values of the case; the code says which.</summary>
    public IReadOnlyDictionary<string, object?>? Facts { get; init; }

    public static ErrorReport Of(Exception error, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested && IsCancellation(error))
            return new ErrorReport("cancelled", "cancelled", null, null, ExitCodes.Cancelled);
        switch (error)
        {
            case UsageException e:
                return new ErrorReport(BadUsage, e.Message, e.Hint, e.Option, ExitCodes.BadUsage);
            case CommandFailedException e:
                return new ErrorReport("command_failed", e.Message, e.Hint, null, ExitCodes.Failed);
            case LedgerException e:
                return Of(e);
            case PostgresServerException e:
                return new ErrorReport("embedded_server_failed", e.Message, CommandAdvice.Of(e), null, ExitCodes.Failed);
            case CatalogFormatException e:
                return new ErrorReport(e.Code, e.Message, CommandAdvice.Of(e), null, ExitCodes.BadUsage) { Facts = SomeOf(e.Facts) };
            case DiscoveryException e:
                return new ErrorReport(ErrorCode.InvalidValue.Name, e.Message, null, null, ExitCodes.BadUsage);
        }
        if (DatabaseBoundary.Translated(error) is { } translated)
            return Of(translated);
        if (error is OutOfMemoryException)
            return new ErrorReport(
                "out_of_memory",
                "there is not enough memory for this",
                "Narrow the selection with --filter, or use a larger machine.",
                null,
                ExitCodes.Failed
            );
        // Whatever needs a file for a moment: whoever set the folder can mend it.
        if (error is IOException or UnauthorizedAccessException && TemporaryFolder.Trouble() is { } trouble)
            return Of(trouble);
        return Unexpected(error);
    }

    private static ErrorReport Of(LedgerException error) =>
        new(
            error.Code.Name,
            error.Message,
            CommandAdvice.Of(error),
            error.Field,
            error.Kind == LedgerErrorKind.Invalid ? ExitCodes.BadUsage : ExitCodes.Failed
        )
        {
            Facts = SomeOf(error.Facts),
        };

    private static IReadOnlyDictionary<string, object?>? SomeOf(IReadOnlyDictionary<string, object?> facts) =>
        facts.Count == 0 ? null : facts;

    /// <summary>Whether the user asked for the details of unexpected problems.</summary>
    public static bool Debugging => Environment.GetEnvironmentVariable("ALMAGEST_DEBUG") is { Length: > 0 } and not "0";

    private static ErrorReport Unexpected(Exception error) =>
        new(
            "unexpected",
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

    /// <summary>Two lines on standard error; with <c>--json</c> also <c>{"error": {code, message, hint, field, facts}}</c> on standard
    /// output.</summary>
    public int Write(CommandShell shell)
    {
        if (shell.OriginOf(Field) is { } origin)
            return (this with { Hint = $"It is set by {origin}. {Hint}".TrimEnd() }).Show(shell);
        return Show(shell);
    }

    private int Show(CommandShell shell)
    {
        if (shell.Json)
            WriteDocument(shell);
        shell.WriteError("error:", Message, "1;31");
        if (Hint is not null)
            shell.WriteError("hint: ", Hint, "1;33");
        return ExitCode;
    }

    private void WriteDocument(CommandShell shell)
    {
        try
        {
            shell.Write(
                new
                {
                    error = new
                    {
                        code = Code,
                        message = Message,
                        hint = Hint,
                        field = Field,
                        facts = Facts,
                    },
                }
            );
        }
        catch (CommandFailedException)
        {
            // Standard output takes nothing any more, which is then what is told on standard error.
        }
    }
}
