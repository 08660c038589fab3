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
                progress.Report(prefix + Describe(p.Stage), RunProgress.WordOf(p.Stage) is "persist" or "views" ? null : p.Fraction)
            );

    public static string Describe(string stage) => Word(RunProgress.WordOf(stage)) + RunProgress.TasksOf(stage);

    private static string Word(string word) =>
        word switch
        {
            "load" => "loading stars",
            "compute" => "computing",
            "persist" => "storing results",
            "views" => "refreshing views",
            var other => other,
        };
}
