using System.Runtime.CompilerServices;
using Almagest.Contract.Errors;
using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Ledger.Database;
using Almagest.Ledger.InPlace;
using Almagest.Ledger.Model;
using Almagest.Ledger.Selections;
using Almagest.Runs.Requests;

namespace Almagest.Runs.Results;

/// <summary>
/// The stars of a run's selection that it did not analyse. The ledger keeps how many they are, and where, but no row for each: they are
/// found again from the selection and the recipe, which do not change.
/// </summary>
public sealed class ExcludedStarReader(LedgerDatabase ledger)
{
    /// <summary>Stars that are read at once.</summary>
    private const int Batch = 10_000;

    /// <summary>Their ids by reason, in the recipe's order; empty where gaps were filled.</summary>
    /// <exception cref="LedgerException">the run is not complete, its recipe has another version now, or its stars have changed</exception>
    public async Task<IReadOnlyList<ExcludedStars>> FindAsync(DiscoveryRun run, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (!run.IsComplete)
            throw LedgerException
                .Of(
                    ErrorCode.RunNotComplete,
                    $"run {run.RunId} is {run.Status}: which stars it leaves out is known when it is complete",
                    "Wait for its end."
                )
                .With("run_id", run.RunId)
                .With("status", run.Status);
        RunRows.Require(run);
        var parameters = Stored(run);
        if (parameters.Missing == RunParameters.Impute || parameters.Features is not { } recipe)
            return [];
        var filter = StarFilter.FromJson(run.DatasetFilter);
        var features = FeatureRecipes.Get(recipe);
        var stars = await new SelectionLoader(ledger).LoadAsync(run.DatasetId, filter, features.Further, null, cancellationToken);
        var complete = CompleteStars.Of(stars, features, parameters.Distances);
        return complete.Stars.Count == run.TotalStars
            ? complete.Excluded
            : throw LedgerException
                .Of(
                    ErrorCode.RunStarsChanged,
                    $"run {run.RunId} analysed {run.TotalStars} stars, and of its selection ({filter.Describe()}) "
                        + $"{complete.Stars.Count} can be analysed now",
                    "Its stars or the program have changed since. What is stored of it stays as it is."
                )
                .With("run_id", run.RunId);
    }

    /// <summary>The same with their catalogue columns, batch by batch, by reason and star_id.</summary>
    public async IAsyncEnumerable<IReadOnlyList<(string Reason, Star Star)>> ReadAsync(
        IReadOnlyList<ExcludedStars> excluded,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(excluded);
        foreach (var (reason, stars) in excluded.Select(e => (e.Reason, e.StarIds)))
        {
            foreach (var ids in stars.Chunk(Batch))
            {
                var read = await ledger.ReadAsync(
                    context => context.Stars.Where(s => ids.Contains(s.StarId)).OrderBy(s => s.StarId),
                    cancellationToken
                );
                yield return [.. read.Select(s => (reason, s))];
            }
        }
    }

    private static RunParameters Stored(DiscoveryRun run)
    {
        try
        {
            return ParameterReader.ReadStored(run);
        }
        catch (LedgerException e) when (e.Kind == LedgerErrorKind.Invalid)
        {
            throw LedgerException
                .Of(
                    ErrorCode.RunNotRepeatable,
                    $"this program (version {Almagest.Contract.ProgramVersion.Current}) cannot read run {run.RunId} of version "
                        + $"{run.ProgramVersion}: {e.Message}",
                    "Use the program version that made it.",
                    inner: e
                )
                .With("run_id", run.RunId);
        }
    }
}
