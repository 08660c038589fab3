using Almagest.Contract.Errors;
using Almagest.Contract.Serialization;
using Almagest.Contract.Status;
using Almagest.Ledger.Annotations;
using Almagest.Ledger.Database;
using Almagest.Ledger.Datasets;
using Almagest.Ledger.Selections;
using Npgsql;
using NpgsqlTypes;

namespace Almagest.Ledger.Watches;

/// <summary>The watches of the ledger, and what they have told.</summary>
public sealed class StarWatches(LedgerDatabase ledger)
{
    private const int LongestName = 100;

    // Each is looked at again with every run.
    private const int MostWatches = 200;

    private const string NewsColumns = """
        w.name, n.run_id, r.algorithm, r.completed_at, n.earlier_runs, n.stars, n.flagged, n.newly_flagged, n.first_analysed, n.source_ids,
        n.sentence, n.told_at
        """;

    /// <summary>Adds a watch on a set of labels or on a region; it tells of runs that complete from now on.</summary>
    /// <param name="region">a filter of cone, ra_deg and dec_deg alone</param>
    /// <param name="dataset">name or id; null = every dataset</param>
    /// <exception cref="LedgerException">it is neither or both, has no name or that of another, or nothing could ever be in it</exception>
    public async Task<WatchResource> AddAsync(
        string? name,
        string? labelSet,
        StarFilter? region,
        string? dataset,
        string? by,
        CancellationToken cancellationToken = default
    )
    {
        var named = AnnotationText.Short("name", name);
        if (named is null || named.Length > LongestName)
            throw LedgerException.Invalid("name", "the watch has no name, or a very long one", $"Give 1 to {LongestName} characters.");
        // It stands in addresses.
        if (named.Contains('/', StringComparison.Ordinal) || !named.Any(char.IsLetterOrDigit))
            throw LedgerException.Invalid("name", $"'{named}' cannot be a watch's name", "Give letters or digits, and no slash.");
        var labels = AnnotationText.Short("label_set", labelSet);
        if (labels is null == region is null)
            throw LedgerException.Of(
                ErrorCode.ConflictingValues,
                "a watch is on a set of labels or on a region of the sky" + (labels is null ? ", and neither is given" : ", not on both"),
                "Give one of the two.",
                labels is null ? "label_set" : "region"
            );
        if (region is not null)
            RequireRegion(region);
        var of = dataset is null ? null : await new DatasetRepository(ledger).FindAnyAsync(dataset, cancellationToken);
        if (labels is not null)
            await RequireLabelsAsync(labels, of?.DatasetId, of?.Name, cancellationToken);
        await ledger.AskAsync(
            async connection =>
            {
                var added = await connection.ExecuteAsync(
                    """
                    insert into public.watches (name, label_set, region, dataset_id, added_by)
                    select $1, $2, $3, $4, $5 where (select count(*) from public.watches) < $6
                    on conflict (name) do nothing
                    """,
                    cancellationToken,
                    named,
                    OrNull(labels, NpgsqlDbType.Text),
                    OrNull(region?.ToJson(), NpgsqlDbType.Jsonb),
                    OrNull(of?.DatasetId, NpgsqlDbType.Bigint),
                    OrNull(AnnotationText.Who(by), NpgsqlDbType.Text),
                    MostWatches
                );
                if (added == 0 && !await IsThereAsync(connection, named, cancellationToken))
                    throw LedgerException
                        .Of(ErrorCode.TooManyWatches, $"there are {MostWatches} watches already, as many as may be")
                        .With("most", MostWatches);
                if (added == 0)
                    throw LedgerException
                        .Of(ErrorCode.WatchNameTaken, $"there is a watch '{named}' already", "Choose another name, or remove it.", "name")
                        .With("name", named);
            },
            cancellationToken
        );
        return await FindAsync(named, cancellationToken);
    }

    /// <summary>By name.</summary>
    /// <exception cref="LedgerException">the database has trouble</exception>
    public Task<IReadOnlyList<WatchResource>> ListAsync(CancellationToken cancellationToken = default) =>
        ReadAsync(null, cancellationToken);

    /// <exception cref="LedgerException">there is none of that name</exception>
    public async Task<WatchResource> FindAsync(string name, CancellationToken cancellationToken = default) =>
        await ReadAsync(name, cancellationToken) is [var found] ? found : throw Missing(name);

    /// <summary>What runs say of the stars of a watch, the newest first; runs that analysed none of them are left out.</summary>
    /// <exception cref="LedgerException">there is none of that name</exception>
    public async Task<WatchHistory> HistoryAsync(string name, int most = 100, CancellationToken cancellationToken = default)
    {
        var watch = await FindAsync(name, cancellationToken);
        var news = await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    $"""
                    select {NewsColumns}
                    from public.watch_news n join public.watches w using (watch_id) join public.discovery_runs r using (run_id)
                    where n.watch_id = $1 and n.stars > 0 order by r.completed_at desc, n.run_id desc limit $2
                    """,
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = watch.WatchId },
                        new() { Value = most },
                    },
                };
                var found = new List<WatchNews>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    found.Add(News(reader, 0));
                return found;
            },
            cancellationToken
        );
        return new WatchHistory(watch, news);
    }

    /// <summary>Removes a watch with all that it told.</summary>
    /// <exception cref="LedgerException">there is none of that name</exception>
    public async Task RemoveAsync(string name, CancellationToken cancellationToken = default)
    {
        var removed = await ledger.AskAsync(
            connection => connection.ExecuteAsync("delete from public.watches where name = $1", cancellationToken, name),
            cancellationToken
        );
        if (removed == 0)
            throw Missing(name);
    }

    /// <summary>The watches that have not looked at a run yet, runs in order of completion. A run's copy with another threshold is no new
    /// look at the stars, and is left out.</summary>
    public Task<IReadOnlyList<(Guid RunId, string Watch)>> DueAsync(CancellationToken cancellationToken = default) =>
        ledger.AskAsync<IReadOnlyList<(Guid, string)>>(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    """
                    select r.run_id, w.name
                    from public.watches w
                    join public.discovery_runs r on r.completed_at >= w.added_at
                    where r.is_complete and r.run_type = 'anomaly'
                      and (w.dataset_id is null or w.dataset_id = r.dataset_id
                        or r.dataset_filter::jsonb -> 'also_datasets' @> to_jsonb(w.dataset_id))
                      and r.results_summary::jsonb ->> 'rethresholded_from' is null
                      and not exists (select 1 from public.watch_news n where n.watch_id = w.watch_id and n.run_id = r.run_id)
                    order by r.completed_at, r.run_id, w.name
                    """,
                    connection
                )
                {
                    CommandTimeout = 600,
                };
                var found = new List<(Guid, string)>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    found.Add((reader.GetGuid(0), reader.GetString(1)));
                return found;
            },
            cancellationToken
        );

    /// <summary>Keeps what a run says of a watch.</summary>
    /// <returns>false where another program has done so, or one of the two is gone</returns>
    public Task<bool> KeepAsync(long watchId, WatchNews news, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(news);
        return ledger.AskAsync(
            async connection =>
                await connection.ExecuteAsync(
                    """
                    insert into public.watch_news (watch_id, run_id, earlier_runs, stars, flagged, newly_flagged, first_analysed,
                      source_ids, sentence)
                    select w.watch_id, r.run_id, $3, $4, $5, $6, $7, $8, $9
                    from public.watches w, public.discovery_runs r where w.watch_id = $1 and r.run_id = $2
                    on conflict (watch_id, run_id) do nothing
                    """,
                    cancellationToken,
                    watchId,
                    news.RunId,
                    news.EarlierRuns,
                    news.Stars,
                    news.Flagged,
                    news.NewlyFlagged,
                    news.FirstAnalysed,
                    news.SourceIds.ToArray(),
                    news.Sentence
                ) == 1,
            cancellationToken
        );
    }

    private static async Task<bool> IsThereAsync(NpgsqlConnection connection, string name, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select exists (select 1 from public.watches where name = $1)", connection)
        {
            Parameters = { new() { Value = name } },
        };
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static LedgerException Missing(string name) =>
        LedgerException.Of(ErrorCode.WatchNotFound, $"there is no watch '{name}'", field: "name").With("name", name);

    private static void RequireRegion(StarFilter region)
    {
        region.Validate();
        var place = new StarFilter
        {
            Cone = region.Cone,
            RaDeg = region.RaDeg,
            DecDeg = region.DecDeg,
        };
        if (region != place || region == StarFilter.All)
            throw LedgerException.Of(
                ErrorCode.InvalidValue,
                region == place ? "the region is the whole sky" : "the region has conditions that are not of a place on the sky",
                "A region is a cone, or ranges of right ascension and declination.",
                "region"
            );
    }

    // A misspelt set would never tell anything.
    private async Task RequireLabelsAsync(string labels, long? datasetId, string? dataset, CancellationToken cancellationToken)
    {
        var known = await ledger.AskAsync(
            connection =>
                connection.ScalarAsync(
                    """
                    select exists (select 1 from public.star_labels l join public.stars s using (star_id)
                                   where l.label_set = $1 and ($2 is null or s.dataset_id = $2))
                    """,
                    cancellationToken,
                    labels,
                    OrNull(datasetId, NpgsqlDbType.Bigint)
                ),
            cancellationToken
        );
        if (known is not true)
            throw LedgerException
                .Of(
                    ErrorCode.LabelSetNotFound,
                    (dataset is null ? "there are" : $"dataset '{dataset}' has") + $" no labels in the set '{labels}'",
                    "Load some.",
                    "label_set"
                )
                .With("dataset", dataset);
    }

    private Task<IReadOnlyList<WatchResource>> ReadAsync(string? name, CancellationToken cancellationToken) =>
        ledger.AskAsync<IReadOnlyList<WatchResource>>(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    $"""
                    select w.watch_id, w.name, w.label_set, w.region::text, w.dataset_id, d.name, w.added_by, w.added_at,
                      coalesce(c.runs, 0), coalesce(c.news, 0), last.*
                    from public.watches w
                    left join public.datasets d using (dataset_id)
                    left join lateral (select count(*) as runs, count(*) filter (where newly_flagged > 0) as news
                                       from public.watch_news n where n.watch_id = w.watch_id and n.stars > 0) c on true
                    left join lateral (select {NewsColumns}
                                       from public.watch_news n join public.discovery_runs r using (run_id)
                                       where n.watch_id = w.watch_id and n.stars > 0
                                       order by r.completed_at desc, n.run_id desc limit 1) last on true
                    where $1 is null or w.name = $1 order by lower(w.name), w.name
                    """,
                    connection
                )
                {
                    Parameters = { OrNull(name, NpgsqlDbType.Text) },
                };
                var found = new List<WatchResource>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                {
                    var (labels, region) = (Text(reader, 2), Text(reader, 3));
                    found.Add(
                        new WatchResource(
                            reader.GetInt64(0),
                            reader.GetString(1),
                            labels,
                            RawJson.From(region is null ? null : StarFilter.FromJson(region).ToJson()),
                            labels is null ? StarFilter.FromJson(region!).Describe() : $"labels {labels}",
                            reader.IsDBNull(4) ? null : reader.GetInt64(4),
                            Text(reader, 5),
                            Text(reader, 6),
                            reader.GetDateTime(7),
                            reader.GetInt64(8),
                            reader.GetInt64(9),
                            reader.IsDBNull(10) ? null : News(reader, 10)
                        )
                    );
                }
                return found;
            },
            cancellationToken
        );

    private static WatchNews News(NpgsqlDataReader reader, int from) =>
        new(
            reader.GetString(from),
            reader.GetGuid(from + 1),
            reader.GetString(from + 2),
            reader.GetDateTime(from + 3),
            reader.GetInt32(from + 4),
            reader.GetInt64(from + 5),
            reader.GetInt64(from + 6),
            reader.GetInt64(from + 7),
            reader.GetInt64(from + 8),
            reader.GetFieldValue<string[]>(from + 9),
            reader.GetString(from + 10),
            reader.GetDateTime(from + 11)
        );

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static NpgsqlParameter OrNull(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
