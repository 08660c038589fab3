using System.Globalization;
using Almagest.Architecture.Tests.Sources;
using Xunit;

namespace Almagest.Architecture.Tests;

/// <summary>Prints the size and the shape of every project; see it with <c>-showLiveOutput</c>.</summary>
public sealed class HouseTable
{
    [Fact]
    public void Of_the_projects_of_src()
    {
        var rows = Repository.Source.Projects.Select(Row).ToList();
        TestContext.Current.TestOutputHelper!.WriteLine("| project | files | lines | folders in cycles | lines over 140 |");
        TestContext.Current.TestOutputHelper!.WriteLine("| --- | ---: | ---: | ---: | ---: |");
        foreach (var (name, files, lines, cycles, longLines) in rows)
        {
            TestContext.Current.TestOutputHelper!.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"| {name} | {files} | {lines} | {cycles} | {longLines} |")
            );
        }
        Assert.All(rows, row => Assert.True(row.Files > 0 && row.Lines > 0, $"{row.Name} has no sources"));
    }

    private static (string Name, int Files, int Lines, int Cycles, int LongLines) Row(SourceProject project)
    {
        var names = SourceProject.Names(project.Directory, "*.cs").Concat(SourceProject.Names(project.Directory, "*.razor")).ToList();
        return (
            project.Name,
            names.Count,
            names.Sum(n => File.ReadLines(Path.Combine(project.Directory, n)).Count()),
            FolderGraph.Of(project, Repository.Source).Cycles().Sum(c => c.Count),
            LineTests.LongLines(project.Directory).Count()
        );
    }
}
