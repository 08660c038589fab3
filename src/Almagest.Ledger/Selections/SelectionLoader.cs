using System.Runtime.InteropServices;
using Almagest.Discovery.Features;
using Almagest.Discovery.Storage;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Npgsql;

namespace Almagest.Ledger.Selections;

/// <summary>Reads the stars of a selection as columns, in order of star_id.</summary>
public sealed class SelectionLoader(LedgerDatabase ledger)
{
    /// <summary>The columns of every selection.</summary>
    internal static string[] Usual => s_columns;

    private static readonly string[] s_columns = ["ra_deg", "dec_deg", "parallax_mas", "pmra_mas_yr", "pmdec_mas_yr", "magnitude", "color"];

    private static readonly HashSet<string> s_numbers =
    [
        .. Contract.Columns.StarColumns.All.Where(c => c.Kind == Contract.Columns.ColumnKind.Double).Select(c => c.Name),
    ];

    /// <summary>Those that a run may take that names none.</summary>
    private static readonly FeatureRecipe[] s_recipes =
    [
        .. RecipeChoice.AnomalyOrder.Concat(RecipeChoice.ClusterOrder).Distinct().Select(FeatureRecipes.Get),
    ];

    public async Task<long> CountAsync(long datasetId, StarFilter filter, CancellationToken cancellationToken = default)
    {
        if (await FilesAsync(datasetId, filter, cancellationToken) is { } files)
            return await Task.Run(() => files.Count(cancellationToken), cancellationToken);
        return await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 600 };
                command.CommandText = $"select count(*) from public.stars where {StarFilterSql.Where(command, datasetId, filter)}";
                return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
            },
            cancellationToken
        );
    }

    /// <summary>Whether the stars of a dataset that is read where it lies can be selected so, without reading them.</summary>
    /// <exception cref="Contract.Errors.LedgerException">the filter asks what files cannot answer, or the files have changed</exception>
    public async Task RequireAsync(long datasetId, StarFilter filter, CancellationToken cancellationToken = default)
    {
        if (await FilesAsync(datasetId, filter, cancellationToken) is { } files)
            await Task.Run(files.Require, cancellationToken);
    }

    /// <summary>How many stars of the selection have each column that a feature can need.</summary>
    /// <param name="distances">what counts as a distance</param>
    public async Task<ColumnCoverage> CoverageAsync(
        long datasetId,
        StarFilter filter,
        DistanceRule distances,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(distances);
        if (await FilesAsync(datasetId, filter, cancellationToken) is { } files)
            return await Task.Run(() => files.Coverage(distances, s_recipes, cancellationToken), cancellationToken);
        string[] conditions =
        [
            .. FeatureSql.Columns.Keys.Select(FeatureSql.Has),
            FeatureSql.HasParallaxError,
            FeatureSql.HasDistance(distances),
            .. s_recipes.Select(r => FeatureSql.HasAll(r, distances)),
        ];
        return await ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 600 };
                command.CommandText = $"""
                    select count(*) {string.Concat(conditions.Select(c => $", count(*) filter (where {c})"))}
                    from public.stars where {StarFilterSql.Where(command, datasetId, filter)}
                    """;
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                await reader.ReadAsync(cancellationToken);
                var counts = new Queue<long>(Enumerable.Range(0, reader.FieldCount).Select(reader.GetInt64));
                var stars = counts.Dequeue();
                var known = FeatureSql.Columns.Keys.ToDictionary(c => c, _ => counts.Dequeue());
                (known[StarColumn.Ra], known[StarColumn.Dec]) = (stars, stars);
                var errors = counts.Dequeue();
                return new ColumnCoverage(stars, known, counts.Dequeue())
                {
                    Rule = distances,
                    ParallaxErrors = errors,
                    Usable = s_recipes.ToDictionary(r => r.Name, _ => counts.Dequeue()),
                };
            },
            cancellationToken
        );
    }

    /// <param name="progress">told the number of stars read so far</param>
    public Task<StarColumns> LoadAsync(
        long datasetId,
        StarFilter filter,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default
    ) => LoadAsync(datasetId, filter, [], progress, cancellationToken);

    /// <param name="further">names of other columns of numbers, for <see cref="StarColumns.Further"/></param>
    /// <inheritdoc cref="LoadAsync(long, StarFilter, IProgress{long}?, CancellationToken)"/>
    /// <exception cref="ArgumentException">there is no such column</exception>
    public Task<StarColumns> LoadAsync(
        long datasetId,
        StarFilter filter,
        IReadOnlyCollection<string> further,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default
    ) => LoadPartAsync(datasetId, filter, further, null, progress, cancellationToken);

    /// <summary>Those stars of the selection that are between two, both included.</summary>
    /// <inheritdoc cref="LoadAsync(long, StarFilter, IReadOnlyCollection{string}, IProgress{long}?, CancellationToken)"/>
    public Task<StarColumns> LoadBetweenAsync(
        long datasetId,
        StarFilter filter,
        IReadOnlyCollection<string> further,
        long first,
        long last,
        CancellationToken cancellationToken = default
    ) => LoadPartAsync(datasetId, filter, further, (first, last), null, cancellationToken);

    private async Task<StarColumns> LoadPartAsync(
        long datasetId,
        StarFilter filter,
        IReadOnlyCollection<string> further,
        (long First, long Last)? between,
        IProgress<long>? progress,
        CancellationToken cancellationToken
    )
    {
        var ids = new List<long>();
        var names = (string[])[.. s_columns, .. Known(further)];
        var values = names.Select(_ => new List<double>()).ToArray();
        await ReadAsync(
            datasetId,
            filter,
            names,
            (id, row) =>
            {
                ids.Add(id);
                for (var c = 0; c < row.Length; c++)
                    values[c].Add(row[c]);
            },
            progress,
            cancellationToken,
            between
        );
        return new StarColumns
        {
            StarId = ids.ToArray(),
            RaDeg = Take(values, 0),
            DecDeg = Take(values, 1),
            ParallaxMas = Take(values, 2),
            PmraMasYr = Take(values, 3),
            PmdecMasYr = Take(values, 4),
            Magnitude = Take(values, 5),
            Color = Take(values, 6),
            Further = further.Select((name, i) => (name, i)).ToDictionary(f => f.name, f => Take(values, s_columns.Length + f.i)),
        };
    }

    /// <summary>The same, with the stars where the caller says.</summary>
    /// <param name="room">of files</param>
    /// <inheritdoc cref="LoadAsync(long, StarFilter, IReadOnlyCollection{string}, IProgress{long}?, CancellationToken)"/>
    public async Task<StarColumns> LoadAsync(
        long datasetId,
        StarFilter filter,
        IReadOnlyCollection<string> further,
        Room room,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        var writer = new StarWriter(room, further);
        await ReadAsync(datasetId, filter, [.. s_columns, .. Known(further)], writer.Add, progress, cancellationToken);
        return writer.Finish();
    }

    /// <summary>Only those other columns, in the order of the stars that <see cref="LoadAsync(long, StarFilter, IProgress{long}?,
    /// CancellationToken)"/> gives; NaN = not known.</summary>
    /// <exception cref="ArgumentException">there is no such column</exception>
    public async Task<IReadOnlyDictionary<string, double[]>> FurtherAsync(
        long datasetId,
        StarFilter filter,
        IReadOnlyCollection<string> further,
        CancellationToken cancellationToken = default
    )
    {
        var values = further.Select(_ => new List<double>()).ToArray();
        await ReadAsync(
            datasetId,
            filter,
            Known(further),
            (_, row) =>
            {
                for (var c = 0; c < row.Length; c++)
                    values[c].Add(row[c]);
            },
            null,
            cancellationToken
        );
        return further.Select((name, i) => (name, i)).ToDictionary(f => f.name, f => Take(values, f.i));
    }

    // Names become SQL.
    private static string[] Known(IReadOnlyCollection<string> further) =>
        further.FirstOrDefault(name => !s_numbers.Contains(name)) is { } unknown
            ? throw new ArgumentException($"stars have no column of numbers '{unknown}'", nameof(further))
            : [.. further];

    // Null where the stars are in the ledger.
    private async Task<FileSelection?> FilesAsync(long datasetId, StarFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var dataset = (
            await ledger.ReadAsync(context => context.Datasets.Where(d => d.DatasetId == datasetId && d.InPlace != null), cancellationToken)
        ).FirstOrDefault();
        return dataset is null ? null : new FileSelection(dataset, InPlaceStars.Of(dataset)!, filter);
    }

    private async Task ReadAsync(
        long datasetId,
        StarFilter filter,
        string[] columns,
        Action<long, ReadOnlySpan<double>> row,
        IProgress<long>? progress,
        CancellationToken cancellationToken,
        (long First, long Last)? between = null
    )
    {
        if (await FilesAsync(datasetId, filter, cancellationToken) is { } files)
            await Task.Run(() => files.Read(columns, row, progress, between, cancellationToken), cancellationToken);
        else
            await AskAsync(datasetId, filter, columns, row, progress, between, cancellationToken);
    }

    private Task AskAsync(
        long datasetId,
        StarFilter filter,
        string[] columns,
        Action<long, ReadOnlySpan<double>> row,
        IProgress<long>? progress,
        (long First, long Last)? between,
        CancellationToken cancellationToken
    ) =>
        ledger.AskAsync(
            async connection =>
            {
                var values = new double[columns.Length];
                long count = 0;
                await using var command = new NpgsqlCommand { Connection = connection, CommandTimeout = 3600 };
                command.CommandText =
                    $"select {string.Join(", ", columns.Prepend("star_id"))} from public.stars "
                    + $"where {StarFilterSql.Where(command, datasetId, filter)}{Between(command, between)} order by star_id";
                await using var reader = await command.ExecuteReaderAsync(System.Data.CommandBehavior.SequentialAccess, cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                {
                    var id = reader.GetInt64(0);
                    for (var c = 0; c < values.Length; c++)
                        values[c] = reader.IsDBNull(c + 1) ? double.NaN : reader.GetDouble(c + 1);
                    row(id, values);
                    if (++count % 65536 == 0)
                        progress?.Report(count);
                }
            },
            cancellationToken
        );

    private static string Between(NpgsqlCommand command, (long First, long Last)? between) =>
        between is { } ids ? $" and star_id between {GaiaQuality.Bind(command, ids.First)} and {GaiaQuality.Bind(command, ids.Last)}" : "";

    // One column at a time, so that the growing list is freed before the next is copied.
    private static double[] Take(List<double>[] columns, int index)
    {
        var array = CollectionsMarshal.AsSpan(columns[index]).ToArray();
        columns[index] = [];
        return array;
    }
}
