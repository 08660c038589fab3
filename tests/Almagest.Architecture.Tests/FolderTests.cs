using Almagest.Architecture.Tests.Sources;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace Almagest.Architecture.Tests;

/// <summary>A folder is a namespace, and the folders of a project are layers of it.</summary>
public sealed class FolderTests
{
    /// <summary>Folders that may hold a single file, and why.</summary>
    private static readonly Dictionary<string, string> s_smallFolders = new()
    {
        ["Almagest.Cli/Properties"] = "where editors look for the ways to start a program",
        ["Almagest.Discovery/Registry"] = "names every algorithm, each of which has a folder: it lies above them all",
        ["Almagest.Runs/Annotations"] = "tags and notes of runs, as Annotations of the ledger are those of stars",
    };

    public static TheoryData<string> Projects => [.. Repository.Source.Projects.Select(p => p.Name)];

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_folder_of_a_project_uses_one_that_uses_it(string name)
    {
        var project = Repository.Source.Projects.Single(p => p.Name == name);
        var graph = FolderGraph.Of(project, Repository.Source);
        var cycles = graph.Cycles().Select(c => $"[{string.Join(", ", c)}]\n{string.Join('\n', graph.Explain(c))}").ToList();
        Assert.Empty(cycles);
    }

    [Fact]
    public void Types_live_in_the_folder_of_their_namespace()
    {
        var elsewhere =
            from project in Repository.Source.Projects
            from file in project.Files
            from type in file.Types
            let found = (type.Parent as BaseNamespaceDeclarationSyntax)?.Name.ToString()
            where
                found != project.NamespaceOf(file.Folder)
                && !(file.IsRazor && found?.StartsWith("__Blazor", StringComparison.Ordinal) == true)
            select $"{project.Name}/{file.Path} is of {found ?? "no namespace"}, expected {project.NamespaceOf(file.Folder)}";
        Assert.Empty(elsewhere.Distinct());
    }

    [Fact]
    public void No_namespace_has_the_name_of_a_type()
    {
        var namespaces = Repository.Source.Projects.SelectMany(p => p.Files.Select(f => p.NamespaceOf(f.Folder))).ToHashSet();
        var clashes =
            from project in Repository.Source.Projects
            from file in project.Files
            from type in file.Types.OfType<BaseTypeDeclarationSyntax>()
            let name = $"{project.NamespaceOf(file.Folder)}.{type.Identifier.Text}"
            where namespaces.Contains(name)
            select name;
        Assert.Empty(clashes.Distinct());
    }

    [Fact]
    public void No_folder_holds_a_single_file()
    {
        var small =
            from project in Repository.Source.Projects
            from folder in SourceProject.Names(project.Directory, "*").GroupBy(n => Path.GetDirectoryName(n)!.Replace('\\', '/'))
            where folder.Key.Length > 0 && folder.Count() == 1 && !HasFolders(project, folder.Key)
            select $"{project.Name}/{folder.Key}";
        Assert.Equal(s_smallFolders.Keys.Order(StringComparer.Ordinal), small.Order(StringComparer.Ordinal));
    }

    private static bool HasFolders(SourceProject project, string folder) =>
        SourceProject
            .Names(project.Directory, "*")
            .Any(n => n.StartsWith(folder + "/", StringComparison.Ordinal) && n.AsSpan(folder.Length + 1).Contains('/'));
}
