using Almagest.Cli.Shell;
using Almagest.Runs.Lifecycle;

namespace Almagest.Cli.Reports;

/// <summary>The stages of a run in words.</summary>
internal static class RunStages
{
    public static IProgress<RunProgress>? Relay(IWorkProgress? progress, string prefix = "") =>
        progress is null
            ? null
            : new SynchronousProgress<RunProgress>(p =>
                progress.Report(prefix + Describe(p.Stage), p.Stage is "persist" or "views" ? null : p.Fraction)
            );

    public static string Describe(string stage) =>
        stage switch
        {
            "load" => "loading stars",
            "compute" => "computing",
            "persist" => "storing results",
            "views" => "refreshing views",
            var other => other,
        };
}
