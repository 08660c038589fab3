namespace Almagest.Discovery.Abstractions;

/// <summary>What surrounds a run of an algorithm. Nothing in it changes a result.</summary>
public sealed record AlgorithmContext
{
    /// <summary>Threads to use; 0 = one per core.</summary>
    /// <exception cref="DiscoveryException">negative</exception>
    public int MaxThreads
    {
        get;
        init => field = CheckThreads(value);
    }

    /// <summary>Told the share done, from 0 to 1, from any thread; null = nobody asks.</summary>
    public IProgress<double>? Progress { get; init; }

    /// <summary>Where an algorithm leaves what the next run over the same features can use again.</summary>
    public AlgorithmCache Memory { get; init; } = new();

    public CancellationToken CancellationToken { get; init; }

    internal static int CheckThreads(int threads) =>
        threads >= 0
            ? threads
            : throw new DiscoveryException($"max_threads is {threads}; expected 0 (one thread a processor) or a positive number");

    internal ParallelOptions Parallel() =>
        new() { MaxDegreeOfParallelism = MaxThreads == 0 ? Environment.ProcessorCount : MaxThreads, CancellationToken = CancellationToken };
}
