using System.Runtime.ExceptionServices;

namespace Almagest.Discovery.Statistics;

/// <summary>Runs numbered pieces of work on several threads. What the pieces are must not depend on the number of threads.</summary>
internal static class RowBlocks
{
    /// <summary>Calls <paramref name="work"/> with the first row and the number of rows of every block.</summary>
    public static void ForEach(int rows, int blockRows, int maxThreads, Action<int, int> work, CancellationToken cancellationToken) =>
        For(
            (int)(((long)rows + blockRows - 1) / blockRows),
            maxThreads,
            block => work(block * blockRows, Math.Min(blockRows, rows - block * blockRows)),
            cancellationToken
        );

    /// <summary>Calls <paramref name="work"/> with 0 … <paramref name="count"/> - 1; the first failure is thrown as it is, not
    /// wrapped.</summary>
    /// <param name="maxThreads">0 = one per core</param>
    public static void For(int count, int maxThreads, Action<int> work, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = maxThreads > 0 ? maxThreads : Environment.ProcessorCount,
        };
        try
        {
            Parallel.For(0, count, options, work);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.Flatten().InnerExceptions[0]);
        }
    }
}
