using Almagest.Cli.Shell;
using Almagest.Runs.Lifecycle;

namespace Almagest.Cli.Reports;

/// <summary>The stages of a run in words.</summary>
internal static class RunStages
{
    public static IProgress<RunProgress>? Relay(IWorkProgress? progress, string prefix = "") =>
        progress is null
            ? null
            : new Relay<RunProgress>(p => progress.Report(prefix + Words(p.Stage), p.Stage is "persist" or "views" ? null : p.Fraction));

    public static string Words(string stage) =>
        stage switch
        {
            "load" => "loading stars",
            "compute" => "computing",
            "persist" => "storing results",
            "views" => "refreshing views",
            var other => other,
        };
}
