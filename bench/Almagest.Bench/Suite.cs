namespace Almagest.Bench;

/// <summary>
/// One of the suites that <c>almagest bench NAME</c> runs. Each prints one page of Markdown with the machine, the versions and ratios
/// to a yardstick measured in the same run. A new suite is a new entry of <see cref="All"/>; a new measurement belongs in the folder of
/// its suite.
/// </summary>
/// <param name="Usage">its options, one line each</param>
/// <param name="RunAsync">from the arguments after its name to an exit code</param>
internal sealed record Suite(string Name, string Description, string Usage, Func<string[], Task<int>> RunAsync)
{
    public static IReadOnlyList<Suite> All { get; } =
    [
        Engine.EngineSuite.Suite,
        Views.ViewsSuite.Suite,
        Analytics.AnalyticsSuite.Suite,
        Load.RoutesSuite.Suite,
        Runs.RunsSuite.Suite,
        Cones.ConeSuite.Suite,
        Pages.PagesSuite.Suite,
        Matching.CrossMatchSuite.Suite,
        Readers.ReadersSuite.Suite,
        Readers.FilesSuite.Suite,
        Science.ScienceSuite.Suite,
        Trust.KillsSuite.Suite,
        Trust.SoakSuite.Suite,
    ];
}
