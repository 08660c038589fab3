using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace Almagest.Testing;

/// <summary>Waits for what another thread or process brings about.</summary>
public static class Eventually
{
    /// <summary>Long enough on a machine with other work; the limit of the test ends the wait sooner.</summary>
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(50);

    /// <summary>Asks, ever more rarely, until a condition holds.</summary>
    /// <param name="what">said where it never does; by default the condition as it is written</param>
    /// <exception cref="TimeoutException">It does not hold within the limit.</exception>
    public static async Task HoldsAsync(
        Func<Task<bool>> condition,
        TimeSpan? limit = null,
        [CallerArgumentExpression(nameof(condition))] string what = ""
    )
    {
        ArgumentNullException.ThrowIfNull(condition);
        var within = limit ?? s_limit * TestWatch.Stretch();
        var start = Stopwatch.GetTimestamp();
        for (var pause = 2; !await condition(); pause = Math.Min(2 * pause, 50))
        {
            if (Stopwatch.GetElapsedTime(start) > within)
                throw new TimeoutException($"For {within.TotalSeconds:0} s this did not hold: {what}");
            await Task.Delay(pause, TestContext.Current.CancellationToken);
        }
    }

    /// <inheritdoc cref="HoldsAsync(Func{Task{bool}}, TimeSpan?, string)"/>
    public static Task HoldsAsync(
        Func<bool> condition,
        TimeSpan? limit = null,
        [CallerArgumentExpression(nameof(condition))] string what = ""
    ) => HoldsAsync(() => Task.FromResult(condition()), limit, what);
}
