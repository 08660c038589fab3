using Almagest.Contract.Errors;
using Almagest.Ledger.Access;
using Microsoft.AspNetCore.Components.Authorization;

namespace Almagest.Dashboard.Access;

/// <summary>What the person at this page may do, as of now: a page may stay open for longer than a token holds.</summary>
public sealed class PageAccess(AuthenticationStateProvider state)
{
    public async Task<Person?> PersonAsync() => Person.Of((await state.GetAuthenticationStateAsync()).User);

    /// <exception cref="LedgerException">they may not</exception>
    public async Task<Person> RequireAsync(AccessScope scope)
    {
        var person = await PersonAsync();
        if (person is not null && person.May(scope))
            return person;
        throw LedgerException
            .Of(
                ErrorCode.NotAllowed,
                person is null
                    ? "you are not signed in, or your token no longer holds"
                    : $"this needs the scope {scope.Written()}, and yours is {person.Scope.Written()}",
                person is { Way: WayIn.Token } ? "Ask an administrator for a token of that scope." : "Sign in with a token of that scope."
            )
            .With("scope", scope.Written());
    }
}
