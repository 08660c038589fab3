using Almagest.Catalog.Stars;
using Almagest.Ledger.InPlace;
using Almagest.Runs.Lifecycle;

namespace Almagest.Runs.Files;

/// <summary>Stars of a catalogue that is read where it lies, beside what a run says of them: both come in ascending order of
/// star_id.</summary>
internal static class StarsWithResults
{
    /// <summary>Batch by batch, as far as there are results. The list is the same each time, and is filled anew.</summary>
    /// <param name="fields">star fields that are wanted besides the position</param>
    /// <param name="results">of stars of the catalogue</param>
    /// <exception cref="Contract.Errors.LedgerException">the files do not hold a star that has a result, or have changed</exception>
    public static IEnumerable<(StarBatch Stars, IReadOnlyList<(int Row, StoredResult Result)> Results)> Read(
        InPlaceStars stars,
        string[] fields,
        IEnumerable<StoredResult> results,
        CancellationToken cancellationToken
    )
    {
        using var result = results.GetEnumerator();
        var more = result.MoveNext();
        var found = new List<(int, StoredResult)>();
        foreach (var batch in stars.Read(fields, cancellationToken))
        {
            found.Clear();
            for (var i = 0; i < batch.Count && more; i++)
            {
                if (stars.StarId(batch, i) != result.Current.StarId)
                    continue;
                found.Add((i, result.Current));
                more = result.MoveNext();
            }
            yield return (batch, found);
            if (!more)
                yield break;
        }
        if (more)
            throw stars.Changed("they do not hold the stars that were scored");
    }
}
