using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Anomaly.ActiveForest;
using Almagest.Discovery.Features;
using Almagest.Ledger.Database;
using Almagest.Ledger.Selections;
using Npgsql;

namespace Almagest.Runs.Execution;

/// <summary>Which stars of a selection the answers of a review are on. Answers are by the catalogue's ids, so that they hold in another
/// dataset, too.</summary>
internal static class AnsweredStars
{
    /// <summary>The stars with the answers that the parameters hold beside them; the same stars where these hold none.</summary>
    /// <param name="stars">of that selection, in order of star_id</param>
    public static async Task<StarColumns> AddAsync(
        LedgerDatabase ledger,
        long datasetId,
        StarFilter filter,
        StarColumns stars,
        RunParameters parameters,
        CancellationToken cancellationToken
    )
    {
        if (parameters is not ActiveForestParameters { Answers: { } text })
            return stars;
        var said = new double[stars.Count];
        Array.Fill(said, double.NaN);
        var answers = ReviewAnswers.Parse(text);
        var numbers = answers.BySource.Keys.Select((source, i) => (source, i)).ToDictionary(s => s.source, s => 1 + s.i);
        foreach (var (starId, source) in await SourcesAsync(ledger, DatasetsOf(datasetId, filter), answers, cancellationToken))
            if (
                answers.BySource[source] is not ReviewAnswers.Skip and var answer
                && Array.BinarySearch(stars.StarId, starId) is >= 0 and var row
            )
                said[row] = answer == ReviewAnswers.Yes ? numbers[source] : -numbers[source];
        return stars.With(new Dictionary<string, double[]> { [StarColumns.AnswerName] = said });
    }

    private static long[] DatasetsOf(long datasetId, StarFilter filter) => [datasetId, .. filter.AlsoDatasets ?? []];

    /// <summary>The answers by star, of the stars of these datasets.</summary>
    public static async Task<Dictionary<long, char>> FindAsync(
        LedgerDatabase ledger,
        long[] datasetIds,
        ReviewAnswers answers,
        CancellationToken cancellationToken
    ) => (await SourcesAsync(ledger, datasetIds, answers, cancellationToken)).ToDictionary(s => s.Key, s => answers.BySource[s.Value]);

    /// <summary>The stars of these datasets that are answered, with their ids in the catalogue.</summary>
    public static Task<Dictionary<long, string>> SourcesAsync(
        LedgerDatabase ledger,
        long[] datasetIds,
        ReviewAnswers answers,
        CancellationToken cancellationToken
    ) =>
        ledger.AskAsync(
            async connection =>
            {
                await using var command = new NpgsqlCommand(
                    "select star_id, source_id from public.stars where dataset_id = any($1) and source_id = any($2)",
                    connection
                )
                {
                    Parameters =
                    {
                        new() { Value = datasetIds },
                        new() { Value = answers.BySource.Keys.ToArray() },
                    },
                };
                var found = new Dictionary<long, string>();
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                while (await reader.ReadAsync(cancellationToken))
                    found.Add(reader.GetInt64(0), reader.GetString(1));
                return found;
            },
            cancellationToken
        );
}
