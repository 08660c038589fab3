using Almagest.Discovery.Features;
using Almagest.Ledger.Database;
using Npgsql;

namespace Almagest.Ledger.Selections;

/// <summary>
/// The stars of the selections that were used last, for whoever needs them again: pictures, explanations, the runs of a sweep. A
/// dataset that was set right has another version, so what is kept never goes stale; the least recently used selections go when more stars
/// are kept than fit. Thread-safe.
/// </summary>
/// <remarks>
/// A selection that somebody still holds is found again even where it is not kept, so that it is never twice in memory. One of more stars
/// than fit is kept by nobody but its users. Who asks for a selection that another is loading waits for that one.
/// </remarks>
public sealed class SelectionCache(LedgerDatabase ledger)
{
    private readonly Lock _guard = new();
    private readonly Dictionary<string, Entry> _entries = [];
    private readonly SelectionLoader _loader = new(ledger);
    private long _clock;
    private int _loads;

    /// <summary>Stars that are kept at most, 64 bytes each and 8 for each further number.</summary>
    public long MostStars { get; init; } = 3_000_000;

    /// <summary>How many selections were read from the database.</summary>
    public int Loads => Volatile.Read(ref _loads);

    /// <summary>The stars of a selection in order of star_id; whoever gets them changes nothing in them.</summary>
    /// <param name="progress">told the number of stars read so far, where they have to be read</param>
    /// <exception cref="Almagest.Contract.Errors.LedgerException">the database has trouble</exception>
    public Task<StarColumns> GetAsync(
        long datasetId,
        StarFilter filter,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default
    ) => GetAsync(datasetId, filter, [], progress, cancellationToken);

    /// <param name="further">names of other columns that they shall have; where stars are kept without them only those are read</param>
    /// <inheritdoc cref="GetAsync(long, StarFilter, IProgress{long}?, CancellationToken)"/>
    public async Task<StarColumns> GetAsync(
        long datasetId,
        StarFilter filter,
        IReadOnlyCollection<string> further,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentNullException.ThrowIfNull(further);
        var entry = Enter($"{await VersionAsync([datasetId, .. filter.AlsoDatasets ?? []], cancellationToken)} {filter.ToJson()}");
        try
        {
            if (Find(entry) is { } ready && Lacking(ready, further).Count == 0)
                return ready;
            await entry.Loading.WaitAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                var stars = Find(entry);
                if (stars is not null && Lacking(stars, further).Count == 0)
                    return stars;
                Interlocked.Increment(ref _loads);
                stars = stars is null
                    ? await _loader.LoadAsync(datasetId, filter, further, progress, cancellationToken).ConfigureAwait(false)
                    : stars.With(
                        await _loader.FurtherAsync(datasetId, filter, Lacking(stars, further), cancellationToken).ConfigureAwait(false)
                    );
                Keep(entry, stars);
                return stars;
            }
            finally
            {
                entry.Loading.Release();
            }
        }
        finally
        {
            Leave(entry);
        }
    }

    /// <summary>The datasets, each with the number of the transaction that changed it last.</summary>
    private Task<string> VersionAsync(long[] datasets, CancellationToken cancellationToken) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    "select string_agg(dataset_id || ':' || xmin, ',' order by dataset_id) from public.datasets "
                        + "where dataset_id = any ($1)",
                    connection
                );
                command.Parameters.Add(new() { Value = datasets });
                return $"{datasets[0]} {await command.ExecuteScalarAsync(cancellationToken)}";
            },
            cancellationToken
        );

    private static List<string> Lacking(StarColumns stars, IReadOnlyCollection<string> further) =>
        [.. further.Where(name => !stars.Further.ContainsKey(name))];

    private Entry Enter(string key)
    {
        lock (_guard)
        {
            if (!_entries.TryGetValue(key, out var entry))
                _entries.Add(key, entry = new Entry(key));
            entry.Users++;
            return entry;
        }
    }

    private StarColumns? Find(Entry entry)
    {
        lock (_guard)
        {
            if (entry.Held is null || !entry.Held.TryGetTarget(out var stars))
                return null;
            entry.Used = ++_clock;
            if (entry.Kept is null && stars.Count <= MostStars)
            {
                entry.Kept = stars;
                DropWhatDoesNotFit();
            }
            return stars;
        }
    }

    private void Keep(Entry entry, StarColumns stars)
    {
        lock (_guard)
        {
            entry.Held = new WeakReference<StarColumns>(stars);
            entry.Used = ++_clock;
            if (stars.Count > MostStars)
                return;
            entry.Kept = stars;
            DropWhatDoesNotFit();
        }
    }

    private void DropWhatDoesNotFit()
    {
        while (_entries.Values.Sum(e => (long)(e.Kept?.Count ?? 0)) > MostStars)
            _entries.Values.Where(e => e.Kept is not null).MinBy(e => e.Used)!.Kept = null;
    }

    private void Leave(Entry entry)
    {
        lock (_guard)
        {
            entry.Users--;
            foreach (var gone in _entries.Values.Where(e => e is { Users: 0, Kept: null } && e.Held?.TryGetTarget(out _) != true).ToList())
                _entries.Remove(gone.Key);
        }
    }

    /// <param name="key">dataset and filter</param>
    private sealed class Entry(string key)
    {
        public string Key => key;

        /// <summary>One reader at a time; the others find what it read.</summary>
        public SemaphoreSlim Loading { get; } = new(1, 1);

        public int Users { get; set; }

        public long Used { get; set; }

        public StarColumns? Kept { get; set; }

        public WeakReference<StarColumns>? Held { get; set; }
    }
}
