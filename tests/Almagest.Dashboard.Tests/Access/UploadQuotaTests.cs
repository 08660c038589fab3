using Almagest.Contract.Errors;
using Almagest.Dashboard.Access;
using Almagest.Dashboard.Uploads;
using Almagest.Ledger.Access;
using Xunit;

namespace Almagest.Dashboard.Tests.Access;

/// <summary>How much one person may send.</summary>
public sealed class UploadQuotaTests
{
    private static readonly Person s_maria = new("maria", AccessScope.Write, WayIn.Token);
    private static readonly Person s_rolf = new("rolf", AccessScope.Write, WayIn.Token);

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 30, 12, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private static LedgerException Refused(Action send)
    {
        var refusal = Assert.Throws<LedgerException>(send);
        Assert.Equal(ErrorCode.UploadQuota, refusal.Code);
        return refusal;
    }

    [Fact]
    public void One_person_sends_so_many_files_at_once_and_others_and_the_servers_own_account_go_on()
    {
        var quota = new UploadQuota(2, long.MaxValue / 2);
        var first = quota.Begin(s_maria, 0);
        using var second = quota.Begin(s_maria, 0);
        Assert.Equal(2, Refused(() => quota.Begin(s_maria, 0)).Facts["most_at_once"]);
        using var other = quota.Begin(s_rolf, 0);
        // A token with the account's name is not the account.
        using var own = quota.Begin(new Person("maria", AccessScope.Admin, WayIn.Account), long.MaxValue);
        own.Received(long.MaxValue);
        first.Dispose();
        first.Dispose();
        using var third = quota.Begin(s_maria, 0);
        Refused(() => quota.Begin(s_maria, 0));
    }

    [Fact]
    public void What_was_received_counts_for_a_day_loaded_or_not()
    {
        var clock = new Clock();
        var quota = new UploadQuota(2, 1000, clock);
        using (var turn = quota.Begin(s_maria, 0))
        {
            turn.Received(400);
            turn.Received(900);
        }
        Assert.Contains("900 bytes", Refused(() => quota.Begin(s_maria, 101)).Message, StringComparison.Ordinal);
        using (quota.Begin(s_rolf, 1000)) { }
        // A client need not say beforehand how much it sends.
        using (var turn = quota.Begin(s_maria, 0))
        {
            turn.Received(100);
            Refused(() => turn.Received(101));
        }
        clock.Now += TimeSpan.FromHours(23);
        Refused(() => quota.Begin(s_maria, 1));
        clock.Now += TimeSpan.FromHours(1);
        using (quota.Begin(s_maria, 1000)) { }
    }
}
