using Almagest.Contract.Errors;
using Almagest.Contract.Runs;
using Almagest.Dashboard.Access;
using Almagest.Ledger.Access;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Model;
using Microsoft.AspNetCore.Components.Authorization;
using Xunit;

namespace Almagest.Dashboard.Tests.Access;

/// <summary>What pages change is refused to those whose scope does not hold it, before anything is asked of the ledger.</summary>
public sealed class ChangeScopeTests
{
    private sealed class Known(Person person) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() =>
            Task.FromResult(new AuthenticationState(person.ToPrincipal("test")));
    }

    // Without a ledger, a host or jobs: whatever is asked of one of them fails otherwise.
    private static LedgerChanges Of(AccessScope scope) =>
        new(null!, new PageAccess(new Known(new Person("somebody", scope, WayIn.Token))), null!, null!);

    private static readonly Dataset s_dataset = new()
    {
        Name = "d",
        Source = "[]",
        Checksum = "",
        ColumnMapping = "{}",
    };

    private static readonly KindResource s_kind = new(0, "k", 1, "k", null, [], new(0, 0, 0, null, null, null), [], [], null, [1], ["1"]);

    [Fact]
    public async Task Who_may_only_read_changes_nothing()
    {
        var changes = Of(AccessScope.Read);
        var ids = new[] { Guid.NewGuid() };
        foreach (
            var change in new Func<Task>[]
            {
                () => changes.CancelAsync(ids[0], default),
                () => changes.RetryAsync(ids[0], default),
                () => changes.ReplayAsync(ids),
                () => changes.DeleteAsync(ids),
                () => changes.RestoreRunsAsync(ids),
                () => changes.RestoreAsync(1, default),
                () => changes.AddTagAsync(ids, "t", default),
                () => changes.AddNoteAsync(ids, "n", default),
                () => changes.SetLabelsAsync([1], new StarLabel { LabelSet = "s" }, default),
                () => changes.LabelKindAsync(ids[0], s_kind, "k", "s", default),
                () => changes.SaveViewAsync("v", "", default),
                () => changes.RemoveViewAsync("v", default),
                () => changes.RenameAsync(s_dataset, "e", default),
                () => changes.DeleteAsync(s_dataset, true),
                () => changes.LoadAsync("f", new IngestOptions()),
                () =>
                    changes.MatchAsync(
                        new()
                        {
                            Dataset1 = "a",
                            Dataset2 = "b",
                            RadiusArcsec = 1,
                        }
                    ),
            }
        )
            Assert.Equal(ErrorCode.NotAllowed, (await Assert.ThrowsAsync<LedgerException>(change)).Code);
    }

    [Fact]
    public async Task Who_may_write_deletes_neither_runs_nor_datasets()
    {
        var changes = Of(AccessScope.Write);
        foreach (var change in new Func<Task>[] { () => changes.DeleteAsync([Guid.NewGuid()]), () => changes.DeleteAsync(s_dataset, true) })
            Assert.Equal(ErrorCode.NotAllowed, (await Assert.ThrowsAsync<LedgerException>(change)).Code);
    }
}
