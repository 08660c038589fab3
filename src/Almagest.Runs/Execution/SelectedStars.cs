using Almagest.Discovery.Abstractions;
using Almagest.Discovery.Features;
using Almagest.Ledger.Database;
using Almagest.Ledger.Model;
using Almagest.Ledger.Scratch;
using Almagest.Ledger.Selections;
using Almagest.Runs.Requests;

namespace Almagest.Runs.Execution;

/// <summary>The stars of a run: in memory, or in files where they are many and the run can do with some at a time.</summary>
internal sealed class SelectedStars(LedgerDatabase ledger)
{
    private readonly SelectionLoader _loader = new(ledger);

    public RunMemory Memory { get; init; } = RunMemory.Here;

    /// <summary>How the files are made.</summary>
    public Func<ScratchRoom> Rooms { get; init; } = () => new ScratchRoom();

    /// <param name="dataset">the first of the selection</param>
    /// <param name="parameters">with a recipe</param>
    /// <param name="shared">where stars are kept that several runs use; null = of this run alone</param>
    /// <exception cref="Contract.Errors.LedgerException">they do not fit into memory, or their files on the disk</exception>
    public async Task<StarColumns> LoadAsync(
        Dataset dataset,
        StarFilter filter,
        RunParameters parameters,
        SelectionCache? shared,
        IProgress<long>? progress,
        CancellationToken cancellationToken
    )
    {
        var further = NeededNumbers.WithDraws(parameters);
        var stars = await CountAsync(dataset, filter, parameters, shared is not null, cancellationToken);
        Memory.Require(parameters, stars);
        if (!Memory.IsByTiles(parameters, stars, shared is not null))
            return shared is null
                ? await _loader.LoadAsync(dataset.DatasetId, filter, further, progress, cancellationToken)
                : await shared.GetAsync(dataset.DatasetId, filter, further, progress, cancellationToken);
        ScratchRoom.Require(stars * RunMemory.DiskBytesOfStar(parameters));
        var room = Rooms();
        try
        {
            return await _loader.LoadAsync(dataset.DatasetId, filter, further, room, progress, cancellationToken);
        }
        catch
        {
            room.Dispose();
            throw;
        }
    }

    // Whole datasets are counted already, and of most others it does not matter.
    private async Task<long> CountAsync(
        Dataset dataset,
        StarFilter filter,
        RunParameters parameters,
        bool shared,
        CancellationToken cancellationToken
    )
    {
        var all = dataset.StarCount;
        return
            filter.AlsoDatasets is null
            && (filter == StarFilter.All || (all <= Memory.MostStars(parameters) && !Memory.IsByTiles(parameters, all, shared)))
            ? all
            : await _loader.CountAsync(dataset.DatasetId, filter, cancellationToken);
    }
}
