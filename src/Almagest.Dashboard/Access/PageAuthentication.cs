using Almagest.Contract.Errors;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.Extensions.Logging;

namespace Almagest.Dashboard.Access;

/// <summary>Looks now and then whether the person at an open page is still let in.</summary>
internal sealed class PageAuthentication(ILoggerFactory logging, IChangeHost host) : RevalidatingServerAuthenticationStateProvider(logging)
{
    protected override TimeSpan RevalidationInterval => host.AsksAgainEvery;

    protected override async Task<bool> ValidateAuthenticationStateAsync(
        AuthenticationState authenticationState,
        CancellationToken cancellationToken
    )
    {
        if (Person.Of(authenticationState.User) is not { } person)
            return false;
        try
        {
            return await host.IsStillLetInAsync(person, cancellationToken);
        }
        catch (LedgerException e) when (e.Kind == LedgerErrorKind.Unavailable)
        {
            // Without its database the page shows and changes nothing anyway.
            return true;
        }
    }
}
