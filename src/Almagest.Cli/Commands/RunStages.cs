using Almagest.Cli.Shell;
using Almagest.Ledger.Runs;

namespace Almagest.Cli.Commands;

/// <summary>The stages of a run in words.</summary>
internal static class RunStages
{
    public static IProgress<RunProgress>? Relay(IWorkProgress? progress, string prefix = "") => progress is null ? null : new Relay<RunProgress>(p =>
        progress.Report(prefix + p.Stage switch
        {
            "load" => "loading stars",
            "compute" => "computing",
            "persist" => "storing results",
            "views" => "refreshing views",
            var other => other,
        }, p.Stage is "persist" or "views" ? null : p.Fraction));
}
