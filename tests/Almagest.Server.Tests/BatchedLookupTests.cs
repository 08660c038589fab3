using System.Collections.Concurrent;
using Almagest.Server.Analytics;
using Xunit;

namespace Almagest.Server.Tests;

/// <summary>Looks that several requests share.</summary>
public class BatchedLookupTests
{
    private readonly ConcurrentQueue<(int[] Keys, TaskCompletionSource Gate)> _looks = new();
    private readonly BatchedLookup<int, string> _lookup;
    private int _truth;

    public BatchedLookupTests() =>
        _lookup = new BatchedLookup<int, string>(async keys =>
        {
            var seen = _truth;
            var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _looks.Enqueue(([.. keys.Order()], gate));
            await gate.Task;
            return keys.Where(k => k >= 0).ToDictionary(k => k, k => $"{k}:{seen}");
        });

    private async Task<(int[] Keys, TaskCompletionSource Gate)> NextAsync()
    {
        for (var i = 0; i < 2000; i++)
        {
            if (_looks.TryDequeue(out var look))
                return look;
            await Task.Delay(5);
        }
        throw new TimeoutException("no look began");
    }

    [Fact]
    public async Task Whoever_asks_while_a_look_is_under_way_is_told_what_is_true_after_it()
    {
        var first = _lookup.FindAsync(1, default);
        var one = await NextAsync();
        _truth = 1;
        var others = new[]
        {
            _lookup.FindAsync(1, default),
            _lookup.FindAsync(2, default),
            _lookup.FindAsync(2, default),
            _lookup.FindAsync(-3, default),
        };
        Assert.Empty(_looks);
        one.Gate.SetResult();
        Assert.Equal("1:0", await first);
        var two = await NextAsync();
        Assert.Equal([-3, 1, 2], two.Keys);
        two.Gate.SetResult();
        Assert.Equal(["1:1", "2:1", "2:1", null], await Task.WhenAll(others));
        Assert.Empty(_looks);
    }

    [Fact]
    public async Task An_error_reaches_all_who_shared_the_look_and_nobody_after_them()
    {
        var first = _lookup.FindAsync(1, default);
        var one = await NextAsync();
        var second = _lookup.FindAsync(2, default);
        one.Gate.SetException(new InvalidOperationException("no database"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => first);
        (await NextAsync()).Gate.SetResult();
        Assert.Equal("2:0", await second);
    }

    [Fact]
    public async Task A_request_that_is_given_up_ends_no_look_of_others()
    {
        using var given = new CancellationTokenSource();
        var first = _lookup.FindAsync(1, default);
        var one = await NextAsync();
        var (lost, kept) = (_lookup.FindAsync(5, given.Token), _lookup.FindAsync(6, default));
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lost);
        one.Gate.SetResult();
        (await NextAsync()).Gate.SetResult();
        Assert.Equal(("1:0", "6:0"), (await first, await kept));
    }
}
