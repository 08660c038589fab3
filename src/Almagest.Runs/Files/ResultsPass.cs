using System.Globalization;
using System.Text.Json.Nodes;
using Almagest.Catalog.Stars;
using Almagest.Contract.Errors;
using Almagest.Discovery.Features;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Runs.Lifecycle;

namespace Almagest.Runs.Files;

/// <summary>What going over a catalogue once more, behind a run, brought beside the stars that the ledger keeps.</summary>
/// <param name="Files">of the results</param>
/// <param name="Analysed">the set of stars</param>
/// <param name="Excluded">stars of the selection that have no result, by reason and place</param>
/// <param name="Hash">of the results</param>
internal sealed record PassedResults(
    IReadOnlyList<ResultFile> Files,
    AnalysedStars Analysed,
    IReadOnlyList<ExcludedCell> Excluded,
    string Hash
);

/// <summary>
/// Goes over the files of a catalogue once more when its stars are scored: writes each star's result beside, and takes along what the
/// ledger keeps. What of a star is not needed is not made of its row.
/// </summary>
/// <param name="count">stars that were scored</param>
/// <param name="row">what the run says of each, asked for one after the other</param>
/// <param name="excluded">stars of the selection that were not</param>
/// <param name="shape">what it says of each</param>
internal sealed class ResultsPass(
    Dataset dataset,
    InPlaceStars stars,
    int count,
    Func<int, StoredResult> row,
    IReadOnlyList<ExcludedStars> excluded,
    ResultShape shape
)
{
    /// <summary>Kept stars that are given on at once.</summary>
    private const int KeptAtOnce = 1 << 13;

    private readonly List<Star> _kept = [];
    private readonly List<int> _wanted = [];
    private readonly Dictionary<(string, long), long> _excluded = [];

    /// <param name="folder">for the results</param>
    /// <param name="provenance">that the files have</param>
    /// <param name="keep">takes stars that the ledger keeps, with all that the files say of them; is done before it is called again</param>
    /// <param name="progress">told how many stars are done</param>
    /// <exception cref="LedgerException">the files have changed, or the disk has trouble</exception>
    public async Task<PassedResults> GoAsync(
        string folder,
        JsonObject provenance,
        Func<IReadOnlyList<Star>, Task> keep,
        IProgress<long>? progress,
        CancellationToken cancellationToken
    )
    {
        var integerIds = ResultColumns.HasIntegerIds(dataset);
        var writer = new ResultFilesWriter(folder, stars.Catalogue.Files, shape, integerIds, provenance);
        var keeping = Task.CompletedTask;
        try
        {
            await using (writer)
            {
                using var hash = new FileResultsHash(dataset.Checksum, stars.Catalogue.FirstStarId);
                var set = new AnalysedStars();
                var reasons = excluded.Select(e => (e.Reason, Ids: new IdCursor(e.Ids))).ToArray();
                var next = 0;
                StoredResult result = default;
                if (count > 0)
                    result = row(0);
                foreach (var batch in stars.ReadRows(cancellationToken))
                {
                    await writer.BeginAsync(batch.File, cancellationToken);
                    var places = batch.Places;
                    var offset = stars.Catalogue.FirstStarId - 1;
                    for (var i = 0; i < places.Count; i++)
                    {
                        var id = offset + places.LineNumber[i];
                        if (next == count || result.StarId != id)
                        {
                            foreach (var (reason, ids) in reasons)
                                if (ids.Has(id))
                                    Exclude(reason, Cell(places, i));
                            continue;
                        }
                        set.Add(id, Cell(places, i));
                        hash.Add(result);
                        var at = (int)(places.LineNumber[i] - batch.FirstRow);
                        var (number, text) = Id(batch, i, at, integerIds);
                        if (writer.Add(number, text, result))
                            await writer.PackAsync(cancellationToken);
                        if (result.IsKept)
                            _wanted.Add(at);
                        if (++next < count)
                            result = row(next);
                    }
                    if (_wanted.Count > 0)
                    {
                        var whole = batch.Whole([.. _wanted]);
                        for (var i = 0; i < whole.Count; i++)
                            _kept.Add(stars.Star(whole, i));
                        _wanted.Clear();
                    }
                    if (_kept.Count >= KeptAtOnce)
                    {
                        await keeping;
                        var some = _kept.ToArray();
                        _kept.Clear();
                        keeping = Task.Run(() => keep(some), cancellationToken);
                    }
                    progress?.Report(next);
                }
                await keeping;
                if (_kept.Count > 0)
                    await keep(_kept);
                if (next < count)
                    throw stars.Changed("they do not hold the stars that were scored");
                return new PassedResults(
                    await writer.FinishAsync(cancellationToken),
                    set,
                    [.. _excluded.Select(e => new ExcludedCell(e.Key.Item1, dataset.DatasetId, e.Key.Item2, e.Value))],
                    hash.Finish()
                );
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw ResultFolder.Unusable(folder, $"has trouble ({e.Message.TrimEnd('.')})", e);
        }
        finally
        {
            // It has the connection of whoever called.
            await keeping.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private void Exclude(string reason, long cell) => _excluded[(reason, cell)] = _excluded.GetValueOrDefault((reason, cell)) + 1;

    private static long Cell(StarBatch places, int star) => AnalysedStars.CellOf(places.RaDeg[star], places.DecDeg[star]);

    private static (long Number, string? Text) Id(RowBatch batch, int star, int row, bool integerIds) =>
        batch.WholeIds is { } numbers
            ? integerIds
                ? (numbers[row], null)
                : (0, numbers[row].ToString(CultureInfo.InvariantCulture))
            : integerIds
                ? (long.Parse(batch.Places.SourceId[star], CultureInfo.InvariantCulture), null)
                : (0, batch.Places.SourceId[star]);
}
