using Almagest.Catalog.Writing.Hats;
using Almagest.Ledger.Model;
using Almagest.Ledger.Scratch;
using Almagest.Runs.Execution;
using Almagest.Runs.Files;

namespace Almagest.Runs.Export;

/// <summary>What a run that is not kept says of every star of a catalogue that is read where it lies, as a HATS catalogue: that which
/// <see cref="RunExport"/> writes of a kept one.</summary>
public static class ScoredCatalogue
{
    /// <param name="outcome">of a run over such a catalogue, whose stars are not released yet</param>
    /// <param name="room">of the files that it needs until the catalogue is written</param>
    /// <param name="mostRows">of one cell</param>
    /// <param name="progress">told the number of stars that are sorted so far</param>
    /// <exception cref="Almagest.Contract.Errors.LedgerException">the files have changed, or there is too little room</exception>
    public static HatsCatalogue Of(
        RunOutcome outcome,
        ScratchRoom room,
        int mostRows = HatsCatalogue.DefaultMostRows,
        IProgress<long>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(outcome);
        ArgumentNullException.ThrowIfNull(room);
        var (dataset, analysis) = (outcome.Dataset, outcome.Analysis);
        ScratchRoom.Require(analysis.Stars.Count * StarsBySky.DiskBytesOfStar);
        var stars = StarsBySky.Of(FileResults.Of(outcome), room, mostRows, progress, cancellationToken);
        var provenance = ResultColumns.Provenance(
            dataset,
            outcome.Request.Parameters,
            outcome.Request.Filter,
            analysis.Summary(),
            "all stars of the run, by place on the sky"
        );
        var table = ResultTable.BySky(provenance, stars.ReadAsync(cancellationToken), kinds: null);
        if (ResultColumns.HasIntegerIds(dataset))
            table = table with { IntegerIds = new HashSet<string> { "source_id" } };
        return stars.Catalogue(Name(dataset), table, mostRows);
    }

    // As programs that take the name for a folder's or a variable's like it.
    private static string Name(Dataset dataset) =>
        string.Concat(dataset.Name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' ? c : '_')) + "_scores";
}
