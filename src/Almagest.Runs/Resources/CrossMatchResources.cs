using Almagest.Contract.Comparison;
using Almagest.Ledger.Model;
using Almagest.Runs.CrossMatching;

namespace Almagest.Runs.Resources;

/// <summary>Cross-matches as the API and the command line give them.</summary>
public static class CrossMatchResources
{
    /// <param name="names">of the datasets, by id</param>
    public static CrossMatchResource ToResource(this CrossMatch match, IReadOnlyDictionary<long, string> names)
    {
        ArgumentNullException.ThrowIfNull(match);
        ArgumentNullException.ThrowIfNull(names);
        return match.ToResource(names.GetValueOrDefault(match.Dataset1Id, ""), names.GetValueOrDefault(match.Dataset2Id, ""));
    }

    /// <summary>A match that was just made.</summary>
    public static CreatedCrossMatch ToResource(this CrossMatchReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new CreatedCrossMatch(report.Match.ToResource(report.Dataset1.Name, report.Dataset2.Name))
        {
            Moved1 = report.Moved1,
            Moved2 = report.Moved2,
            Timings = new CrossMatchTimings(report.LoadMs, report.MatchMs, report.StoreMs),
        };
    }

    public static LinkedAgreementResource ToResource(this LinkedAgreement agreement)
    {
        ArgumentNullException.ThrowIfNull(agreement);
        var overlap = agreement.Overlap;
        return new LinkedAgreementResource(
            agreement.Run1.RunId,
            agreement.Run2.RunId,
            agreement.Links,
            overlap.Shared,
            overlap.Marked1,
            overlap.Marked2,
            overlap.Common,
            overlap.Expected,
            overlap.Jaccard,
            overlap.Kappa,
            overlap.Log10PValue,
            agreement.AdjustedRandIndex
        );
    }

    private static CrossMatchResource ToResource(this CrossMatch match, string dataset1, string dataset2) =>
        new(
            match.MatchId,
            match.Dataset1Id,
            dataset1,
            match.Dataset2Id,
            dataset2,
            match.RadiusArcsec,
            match.Find,
            match.Epoch1,
            match.Epoch2,
            match.Epoch,
            match.LinkCount,
            match.ProgramVersion,
            match.CreatedAt
        );
}
