using Almagest.Ledger.Model;

namespace Almagest.Dashboard.Shared;

/// <summary>The address of a run's results.</summary>
internal static class ResultsAddress
{
    /// <summary>What asks for the results that the ledger has of a run whose results are in files; nothing for others.</summary>
    public static string KeptOnly(DiscoveryRun run) =>
        !Almagest.Ledger.InPlace.RunRows.AreInFiles(run) ? ""
        : run.RunType == RunTypes.Cluster ? "&clustered_only=true"
        : "&anomalies_only=true";
}
