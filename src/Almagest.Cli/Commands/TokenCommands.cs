using System.CommandLine;
using System.Globalization;
using Almagest.Cli.Sessions;
using Almagest.Cli.Shell;
using Almagest.Ledger.Access;

namespace Almagest.Cli.Commands;

/// <summary><c>tokens create</c>, <c>list</c> and <c>revoke</c>: who is let in from elsewhere.</summary>
internal static class TokenCommands
{
    public static Command Create(CommandShell shell, GlobalOptions global) =>
        new DescribedCommand(
            "tokens",
            "Tokens for those who ask a server and are not the account that runs it",
            "almagest tokens create maria --scope write --expires 90d",
            "almagest tokens list",
            "almagest tokens revoke maria"
        )
        {
            Make(shell, global),
            List(shell, global),
            Revoke(shell, global),
        };

    private static DescribedCommand Make(CommandShell shell, GlobalOptions global)
    {
        var name = Name("Whose it is: a person or a program; it signs labels and notes");
        var scope = OptionFactory.Choice(
            "--scope",
            "read: see, ask, compare; write: also load, start, label, refresh; admin: also delete",
            [.. AccessScopes.All]
        );
        scope.Required = true;
        var expires = OptionFactory.Text(
            "--expires",
            "WHEN",
            "Days from now such as 90d, or a date such as 2027-01-31, until its end in UTC (default: never)"
        );
        var command = new DescribedCommand(
            "create",
            "Make a token; it is shown this once",
            "almagest tokens create maria --scope write",
            "almagest tokens create nightly-pipeline --scope read --expires 365d --json"
        )
        {
            name,
            scope,
            expires,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var end = End(parsed.GetValue(expires));
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var (stored, token) = await new AccessTokens(session.Ledger).CreateAsync(
                    parsed.GetRequiredValue(name),
                    AccessScopes.Parse(parsed.GetRequiredValue(scope))!.Value,
                    end,
                    shell.CancellationToken
                );
                shell.Answer(
                    new
                    {
                        token,
                        name = stored.Name,
                        scope = stored.Scope,
                        created_at = stored.CreatedAt,
                        expires_at = stored.ExpiresAt,
                    },
                    _ =>
                    {
                        shell.Output.WriteLine(token);
                        shell.Say(
                            $"The token of {stored.Name}, scope {stored.Scope}, "
                                + (stored.ExpiresAt is { } at ? $"until {ConsoleText.When(at)} UTC" : "without an end")
                                + ". It is not shown again. As a header: Authorization: Bearer TOKEN"
                        );
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand List(CommandShell shell, GlobalOptions global)
    {
        var command = new DescribedCommand("list", "The tokens: name, scope, end, last use", "almagest tokens list");
        command.SetAction(
            async (parsed, _) =>
            {
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                var found = await new AccessTokens(session.Ledger).ListAsync(shell.CancellationToken);
                shell.Answer(
                    found.Select(t => new
                    {
                        name = t.Name,
                        scope = t.Scope,
                        created_at = t.CreatedAt,
                        expires_at = t.ExpiresAt,
                        last_used_at = t.LastUsedAt,
                    }),
                    console =>
                    {
                        if (found.Count == 0)
                        {
                            console.Say("There are no tokens. 'almagest tokens create' makes one.");
                            return;
                        }
                        var table = ConsoleTables.Of("~name", "scope", "created", "expires", "last used");
                        foreach (var t in found)
                            table.Row(
                                t.Name,
                                t.Scope,
                                ConsoleText.When(t.CreatedAt),
                                t.ExpiresAt is { } end ? ConsoleText.When(end) + (end <= DateTime.UtcNow ? " (over)" : "") : "never",
                                t.LastUsedAt is { } used ? ConsoleText.When(used) : "–"
                            );
                        console.Write(table);
                    }
                );
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static DescribedCommand Revoke(CommandShell shell, GlobalOptions global)
    {
        var name = Name("The token's name");
        var command = new DescribedCommand("revoke", "Take a token away; servers heed it within a minute", "almagest tokens revoke maria")
        {
            name,
        };
        command.SetAction(
            async (parsed, _) =>
            {
                var gone = parsed.GetRequiredValue(name);
                await using var session = await LedgerSession.OpenAsync(shell, parsed, global);
                await new AccessTokens(session.Ledger).RevokeAsync(gone, shell.CancellationToken);
                shell.Answer(new { revoked = gone }, console => console.Say($"Revoked the token of {gone}."));
                return ExitCodes.Done;
            }
        );
        return command;
    }

    private static Argument<string> Name(string description) => new("NAME") { Description = description };

    private static DateTime? End(string? text)
    {
        if (text is null)
            return null;
        if (
            text.EndsWith('d')
            && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var days)
            && days is > 0 and < 36500
        )
            return DateTime.UtcNow.AddDays(days);
        if (
            DateTime.TryParseExact(
                text,
                "yyyy-MM-dd",
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var date
            )
        )
            return date.AddDays(1);
        throw new UsageException(
            $"--expires is '{text}', expected days such as 90d, or a date such as 2027-01-31",
            "Write one of them.",
            "--expires"
        );
    }
}
