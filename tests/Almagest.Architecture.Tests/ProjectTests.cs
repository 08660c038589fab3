using Almagest.Architecture.Tests.Sources;
using Xunit;

namespace Almagest.Architecture.Tests;

public sealed class ProjectTests
{
    /// <summary>From below to above; projects of one line do not know each other.</summary>
    private static readonly string[][] s_layers =
    [
        ["Almagest.Sky"],
        ["Almagest.Discovery", "Almagest.Catalog", "Almagest.Adql"],
        ["Almagest.Contract"],
        ["Almagest.Ledger", "Almagest.Postgres"],
        ["Almagest.Runs"],
        ["Almagest.Charts"],
        ["Almagest.Dashboard"],
        ["Almagest.Server"],
        ["Almagest.Cli"],
    ];

    [Fact]
    public void Every_project_refers_only_to_those_below_it()
    {
        var layer = s_layers.SelectMany((names, i) => names.Select(n => (n, i))).ToDictionary(p => p.n, p => p.i);
        Assert.Equal(
            layer.Keys.Order(StringComparer.Ordinal),
            Repository.Source.Projects.Select(p => p.Name).Order(StringComparer.Ordinal)
        );
        var upward =
            from project in Repository.Source.Projects
            from reference in project.References
            where layer[reference] >= layer[project.Name]
            select $"{project.Name} refers to {reference}";
        Assert.Empty(upward);
    }

    /// <summary>Else the other checks would overlook what a name means that was not understood.</summary>
    [Fact]
    public void The_sources_are_understood()
    {
        var components =
            from project in Repository.Source.Projects
            from name in SourceProject.Names(project.Directory, "*.razor")
            where !name.EndsWith("_Imports.razor", StringComparison.Ordinal) && project.Files.All(f => f.Path != name)
            select $"{project.Name}/{name} has no generated code: build {project.Name} first";
        var unknown =
            from project in Repository.Source.Projects
            from name in Repository.Source.UsesOf(project).Unknown
            select $"{project.Name}/{name} means nothing";
        Assert.Empty(components.Concat(unknown).Take(20));
    }
}
