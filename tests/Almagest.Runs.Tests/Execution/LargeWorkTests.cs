using Almagest.Runs.Execution;
using Xunit;

namespace Almagest.Runs.Tests.Execution;

/// <summary>How much work that needs whole tables is done at once.</summary>
public sealed class LargeWorkTests
{
    [Fact]
    public async Task Who_finds_no_place_waits_for_the_next_that_becomes_free_and_may_give_up()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var work = new LargeWork(2);
        var first = await work.TakeAsync(cancel);
        using var second = await work.TakeAsync(cancel);
        using var impatient = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var third = work.TakeAsync(impatient.Token);
        var fourth = work.TakeAsync(cancel);
        Assert.False(third.IsCompleted || fourth.IsCompleted);

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        first.Dispose();
        // A place is given back once.
        first.Dispose();
        using var taken = await fourth;
        using var last = new CancellationTokenSource();
        var fifth = work.TakeAsync(last.Token);
        Assert.False(fifth.IsCompleted);
        await last.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fifth);
    }
}
